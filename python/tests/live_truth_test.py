"""What only a live module has: each with its flags, calls and counts."""
# pylint: disable=missing-class-docstring,missing-function-docstring,redefined-outer-name

import dataclasses
import threading
import time
import warnings

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils import parametrizations, prune
from torch.utils.checkpoint import checkpoint

import strata

LINEAR = 4 * 8 + 8  # Parameters of Linear(4, 8).
MACS = 2 * 4 * 8  # Of Linear(4, 8) for a batch of two.


def summarize(model, *sizes, **options):
    return strata.summary(model, list(sizes) or [(2, 4)], verbose=0, **options)


def layers(result):
    return {layer.path: layer for layer in result.summary_list}


def flags(result, path):
    return layers(result)[path].layer["flags"]


def macs(result, path=""):
    return layers(result)[path].metric("macs")


def shape_of(result, path=""):
    return layers(result)[path].output_size


class Holder(nn.Module):
    """A module, and a function of it and the input."""

    def __init__(self, forward, **modules):
        super().__init__()
        for name, module in modules.items():
            setattr(self, name, module)
        self.function = forward

    def forward(self, *args, **kwargs):
        return self.function(self, *args, **kwargs)


@pytest.fixture(params=["shape", "cpu"])
def device(request):
    return request.param


def test_a_branch_that_is_not_taken(device):
    def forward(self, x, wide=False):
        return self.wide(x) if wide else self.narrow(x)
    model = Holder(forward, wide=nn.Linear(4, 400), narrow=nn.Linear(4, 8))
    result = summarize(model, device=device)
    assert flags(result, "wide") == ["not_executed"]
    assert macs(result) == MACS
    assert result.total_params == LINEAR + 4 * 400 + 400
    assert macs(summarize(model, device=device, wide=True)) == 2 * 4 * 400


def test_a_module_that_forward_adds_is_shown_and_marked(device):
    def forward(self, x):
        if not hasattr(self, "late"):
            self.late = nn.Linear(4, 8, device=x.device)
        return self.late(x)
    model = Holder(forward)
    result = summarize(model, device=device)
    assert flags(result, "late") == ["added"]
    assert result.total_params == LINEAR
    assert macs(result, "late") == MACS
    assert not hasattr(model, "late")
    model(torch.zeros(2, 4))  # It still makes its own.
    assert model.late.weight.device.type == "cpu"


def test_a_module_that_is_registered_nowhere(device):
    def forward(self, x):
        return self.hidden[0](x)
    model = Holder(forward)
    model.hidden = [nn.Linear(4, 8)]
    result = summarize(model, device=device if device == "cpu" else None)
    assert flags(result, "hidden[0]") == ["unregistered"]
    assert macs(result, "hidden[0]") == MACS
    assert result.total_params == 0  # As model.parameters() says.
    assert "hidden[0]" in " ".join(result.warnings)


def test_recursion_of_a_module_into_itself(device):
    def forward(self, x, depth=0):
        x = self.linear(x)
        return x if depth == 2 else self(x, depth + 1)
    result = summarize(Holder(forward, linear=nn.Linear(4, 4)), device=device)
    assert len(layers(result)[""].layer["calls"]) == 3
    assert len(layers(result)["linear"].layer["calls"]) == 3
    assert macs(result) == 3 * 2 * 4 * 4
    assert flags(result, "linear") == ["recursive"]


def test_forward_past_the_hooks(device):
    def forward(self, x):
        return self.linear.forward(x)
    model = Holder(forward, linear=nn.Linear(4, 8))
    result = summarize(model, device=device)
    assert macs(result, "linear") == MACS
    assert flags(result, "linear") == []
    assert "past their hooks" in " ".join(result.warnings)


def test_functions_count_where_they_are_called(device):
    def forward(self, x):
        x = F.linear(x, self.weight)
        x = torch.einsum("bi,ij->bj", x, self.square)
        return torch.bmm(x.unsqueeze(1), x.unsqueeze(2))
    model = Holder(forward)
    model.weight, model.square = nn.Parameter(torch.zeros(8, 4)), nn.Parameter(torch.zeros(8, 8))
    result = summarize(model, device=device)
    assert macs(result) == MACS + 2 * 8 * 8 + 2 * 8


def test_lazy_modules_stay_lazy(device):
    model = nn.Sequential(nn.LazyLinear(8), nn.ReLU(), nn.LazyBatchNorm1d())
    result = summarize(model, device=device)
    assert result.total_params == LINEAR + 2 * 8
    assert macs(result) == MACS
    assert isinstance(model[0], nn.LazyLinear) and isinstance(model[2], nn.LazyBatchNorm1d)
    assert model[0].has_uninitialized_params()
    model(torch.zeros(2, 4))
    assert tuple(model[0].weight.shape) == (8, 4)


def test_a_lazy_module_without_a_run_is_unknown():
    result = strata.summary(nn.Sequential(nn.LazyLinear(8)), verbose=0)
    assert layers(result)["0"].metric("params") is None


def test_lists_and_dicts_of_parameters(device):
    def forward(self, x):
        return x @ self.list[0] @ self.dict["out"]
    model = Holder(forward, list=nn.ParameterList([torch.zeros(4, 8)]),
                   dict=nn.ParameterDict({"out": torch.zeros(8, 3)}))
    result = summarize(model, device=device)
    assert result.total_params == 32 + 24
    assert macs(result) == 2 * 4 * 8 + 2 * 8 * 3
    assert flags(result, "list") == ["container"]


def test_parametrizations(device):
    model = nn.Sequential(parametrizations.weight_norm(nn.Linear(4, 8)))
    result = summarize(model, device=device)
    assert result.total_params == 8 + 4 * 8 + 8
    assert macs(result) == MACS


def test_pruning(device):
    model = nn.Sequential(nn.Linear(4, 8))
    prune.l1_unstructured(model[0], "weight", amount=0.5)
    mask = model[0].weight_mask
    result = summarize(model, device=device)
    assert result.total_params == LINEAR  # What is resident: pruned ones are zeros.
    assert macs(result) == MACS
    assert model[0].weight_mask is mask and model[0].weight.device.type == "cpu"


def test_hooks_that_change_what_a_module_gives(device):
    model = nn.Sequential(nn.Linear(4, 8), nn.Linear(4, 8))
    model[0].register_forward_hook(lambda module, args, output: output[:, :4])
    result = summarize(model, device=device)
    assert shape_of(result, "0") == [2, 4]
    assert macs(result, "1") == MACS


def test_compiled_submodules_run_as_they_are(device):
    model = nn.Sequential(torch.compile(nn.Linear(4, 8)))
    result = summarize(model, device=device)
    assert macs(result) == MACS
    assert result.total_params == LINEAR


def test_scripted_submodules(device):
    inner = torch.jit.script(nn.Sequential(nn.Linear(4, 8), nn.ReLU()))
    result = summarize(nn.Sequential(inner), device=device)
    assert result.total_params == LINEAR
    assert macs(result, "0") == MACS
    assert layers(result)["0"].class_name == "Sequential"
    assert "shown as a whole" in " ".join(result.warnings)


@pytest.mark.parametrize("mode", ["eval", "train", "same"])
def test_scripted_submodules_keep_their_mode(device, mode):
    inner = torch.jit.script(nn.Sequential(nn.Dropout(), nn.Linear(4, 8)))
    for training in (True, False):
        inner.train(training)
        summarize(nn.Sequential(inner), device=device, mode=mode)
        assert [module.training for module in inner.modules()] == 3 * [training]
        assert "training" not in vars(inner)


def test_a_scripted_model(device):
    model = torch.jit.script(nn.Sequential(nn.Linear(4, 8), nn.ReLU()))
    for options in ({"input_size": (2, 4)}, {"input_data": torch.zeros(2, 4)}):
        result = strata.summary(model, verbose=0, device=device, **options)
        assert macs(result, "0") == MACS
        assert layers(result)["0"].class_name == "Linear"
        assert result.to_dict()["model"].get("file", "") == ""
    assert strata.summary(model, verbose=0).total_params == LINEAR


def test_checkpoints(device):
    def forward(self, x):
        return checkpoint(self.linear, x, use_reentrant=False)
    assert macs(summarize(Holder(forward, linear=nn.Linear(4, 8)), device=device)) == MACS


def test_data_parallel():
    result = summarize(nn.DataParallel(nn.Linear(4, 8)), device="cpu")
    assert macs(result, "module") == MACS


class Doubled(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, weight):  # pylint: disable=arguments-differ
        ctx.save_for_backward(x)
        return x @ weight

    @staticmethod
    def backward(ctx, *gradients):
        return gradients[0], None


def test_functions_of_autograd(device):
    def forward(self, x):
        return Doubled.apply(x, self.weight)
    model = Holder(forward)
    model.weight = nn.Parameter(torch.zeros(4, 8))
    assert macs(summarize(model, device=device)) == MACS


def test_quantized_modules():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = torch.ao.quantization.quantize_dynamic(
            nn.Sequential(nn.Linear(4, 8), nn.ReLU()), {nn.Linear})
        result = summarize(model)
    assert macs(result, "0") == MACS
    assert result.total_params == LINEAR


@pytest.mark.parametrize("kind, gates", [(nn.LSTM, 4), (nn.GRU, 3)])
def test_quantized_recurrent_modules(kind, gates):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = torch.ao.quantization.quantize_dynamic(
            nn.Sequential(kind(4, 8, num_layers=2)), {kind})
    result = strata.summary(model, verbose=0)
    layer = gates * 8 * (4 + 8 + 2), gates * 8 * (8 + 8 + 2)
    assert result.total_params == sum(layer)


def test_quantized_modules_in_a_scripted_one():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        inner = torch.jit.script(torch.ao.quantization.quantize_dynamic(
            nn.Sequential(nn.Linear(4, 8), nn.Sequential(nn.Linear(8, 2))), {nn.Linear}))
        result = summarize(nn.Sequential(inner))
    assert result.total_params == LINEAR + 8 * 2 + 2
    assert macs(result, "0") == MACS + 2 * 8 * 2


@dataclasses.dataclass
class Output:
    logits: torch.Tensor
    hidden: list


def test_data_classes_and_distributions(device):
    def forward(self, x):
        x = self.linear(x)
        if self.kind == "dataclass":
            return Output(x, [x.T])
        return torch.distributions.Categorical(logits=x, validate_args=False)
    model = Holder(forward, linear=nn.Linear(4, 8))
    for kind, shapes in (("dataclass", [[2, 8], [8, 2]]), ("distribution", [[2, 8]])):
        model.kind = kind
        outputs = layers(summarize(model, device=device))[""].layer["calls"][0]["outputs"]
        assert [[int(n) for n in tensor["shape"]] for tensor in outputs] == shapes


def test_generators(device):
    class Steps(nn.Module):
        def __init__(self):
            super().__init__()
            self.linear = nn.Linear(4, 4)

        def forward(self, x):
            for _ in range(3):
                x = self.linear(x)
                yield x

    def forward(self, x):
        return list(self.steps(x))[-1]
    result = summarize(Holder(forward, steps=Steps()), device=device)
    assert macs(result) == 3 * 2 * 4 * 4
    assert len(layers(result)["steps.linear"].layer["calls"]) == 3


def test_a_number_comes_from_nowhere(device):
    """The tensor that stands for a 2 may have the memory of one that is gone."""
    def forward(self, x):
        gone = [self.first(x) for _ in range(50)]
        del gone
        made = [torch.ones(2, 4) * 2 for _ in range(50)]
        return self.second(sum(made))
    model = Holder(forward, first=nn.Linear(4, 8), second=nn.Linear(4, 8))
    document = summarize(model, device=device).to_dict()
    paths = [layer["path"] for layer in document["layers"]]
    assert ("first", "second") not in {(paths[edge["from"]], paths[edge["to"]])
                                       for edge in document["edges"]}


def test_tensors_that_forward_makes(device):
    def forward(self, x):
        made = [torch.zeros(4), torch.tensor([1.0, 2, 3, 4]), torch.arange(4.0),
                torch.full((2, 4), 2.0), torch.as_tensor([1.0]), torch.eye(4)[0]]
        assert torch.get_default_device().type == x.device.type
        assert all(tensor.device == x.device for tensor in made)
        return self.linear(x + sum(made))
    result = summarize(Holder(forward, linear=nn.Linear(4, 8)), device=device)
    assert macs(result) == MACS
    assert result.to_dict()["run"]["device"] == device
    assert torch.zeros(1).device.type == "cpu"


kept_zeros = torch.zeros


def test_tensors_that_a_kept_function_makes(device):
    """As after `from torch import zeros`."""
    def forward(self, x):
        return self.linear(x + kept_zeros(2, 4))
    result = summarize(Holder(forward, linear=nn.Linear(4, 8)), device=device)
    assert macs(result) == MACS
    assert result.to_dict()["run"]["device"] == device


def test_values_that_decide_are_run_with_a_warning():
    def forward(self, x):
        return self.linear(x) if (x.sum() < 1000).item() else x
    result = summarize(Holder(forward, linear=nn.Linear(4, 8)))
    assert macs(result) == MACS
    assert "shapes alone were not enough" in " ".join(result.warnings)
    assert result.to_dict()["run"]["device"] == "cpu"


def test_tensors_that_are_no_parameters(device):
    def forward(self, x):
        return self.linear(x) * self.scale + self.table["bias"]
    model = Holder(forward, linear=nn.Linear(4, 8))
    model.scale, model.table = torch.ones(8), {"bias": torch.ones(8)}
    result = summarize(model, device=device)
    assert macs(result) == MACS
    assert result.to_dict()["run"]["device"] == device
    assert model.scale.device.type == "cpu"


def test_custom_operators(device):
    @torch.library.custom_op("strata_live_test::twice", mutates_args=())
    def twice(x: torch.Tensor) -> torch.Tensor:
        return x * 2

    @twice.register_fake
    def _(x):
        return torch.empty_like(x)

    def forward(self, x):
        return twice(self.linear(x))
    assert macs(summarize(Holder(forward, linear=nn.Linear(4, 8)), device=device)) == MACS


def test_a_model_on_meta():
    with torch.device("meta"):
        model = nn.Sequential(nn.Linear(4, 100_000_000), nn.Linear(100_000_000, 1))
    result = summarize(model)
    assert result.total_params == 6 * 100_000_000 + 1
    assert macs(result) == 2 * 5 * 100_000_000
    assert result.to_dict()["run"]["device"] == "shape"


@pytest.mark.parametrize("first, second", [("meta", "cpu"), ("cpu", "meta")])
def test_tensors_on_several_devices(first, second):
    """As of a model whose weights are not all there yet."""
    model = nn.Sequential(nn.Linear(4, 8, device=first), nn.BatchNorm1d(8, device=second),
                          nn.Linear(8, 2, device=second))
    result = summarize(model)
    assert macs(result) == 2 * (4 * 8 + 8 * 2)
    assert result.to_dict()["run"]["device"] == "shape"
    assert [module.weight.device.type for module in model] == [first, second, second]


def test_seventy_billion_parameters():
    """Llama 3 70B's linear layers (its config.json: 80 layers, 8192, 28672, 8 of 64 heads)."""
    def block():
        return nn.ModuleDict({
            "q": nn.Linear(8192, 8192, bias=False), "k": nn.Linear(8192, 1024, bias=False),
            "v": nn.Linear(8192, 1024, bias=False), "o": nn.Linear(8192, 8192, bias=False),
            "gate": nn.Linear(8192, 28672, bias=False), "up": nn.Linear(8192, 28672, bias=False),
            "down": nn.Linear(28672, 8192, bias=False)})

    def forward(self, tokens):
        x = self.embed(tokens)
        for layer in self.layers:
            k, v = layer["k"](x), layer["v"](x)
            x = x + layer["o"](layer["q"](x) + torch.cat(8 * [k + v], -1))
            x = x + layer["down"](F.silu(layer["gate"](x)) * layer["up"](x))
        return self.head(x)
    with torch.device("meta"):
        model = Holder(forward, embed=nn.Embedding(128256, 8192),
                       layers=nn.ModuleList(block() for _ in range(80)),
                       head=nn.Linear(8192, 128256, bias=False))
    result = strata.summary(model, (1, 16), dtypes=[torch.long], verbose=0)
    in_layers = 80 * (2 * 8192 * 8192 + 2 * 8192 * 1024 + 3 * 8192 * 28672)
    assert result.total_params == in_layers + 2 * 128256 * 8192
    assert result.total_params > 70e9
    assert result.total_mult_adds == 16 * (in_layers + 128256 * 8192)


def test_tied_weights_count_once(device):
    model = nn.Sequential(nn.Linear(4, 8, bias=False), nn.Linear(8, 4, bias=False))
    model[1].weight = nn.Parameter(model[0].weight.data.view(4, 8))  # Of one storage.
    second = nn.Sequential(nn.Embedding(8, 4), nn.Linear(4, 8, bias=False))
    second[1].weight = second[0].weight
    assert strata.summary(second, (2,), dtypes=[torch.long], verbose=0,
                          device=device).total_params == 32
    assert macs(summarize(model, device=device)) == 2 * 2 * 4 * 8


def test_another_thread_is_not_watched():
    other = nn.Linear(4, 8)
    go_on, done = threading.Event(), threading.Event()

    def run():
        while not done.is_set():
            other(torch.zeros(1, 4))
            go_on.set()
    thread = threading.Thread(target=run)
    thread.start()
    go_on.wait()
    try:
        result = summarize(nn.Linear(4, 8), device="cpu")
    finally:
        done.set()
        thread.join()
    assert macs(result) == MACS
    assert len(result.summary_list) == 1


def test_a_deep_model():
    model = nn.Linear(4, 4)
    for _ in range(300):
        model = nn.Sequential(model)
    result = summarize(model)
    assert macs(result) == 2 * 4 * 4
    assert len(result.summary_list) == 301


class MakesModules(nn.Module):
    """New ones in each run."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(4, 4)

    def forward(self, x):
        for _ in range(1000):
            x = nn.ReLU()(x)
        return self.layer(x)


def test_modules_that_only_a_later_run_has():
    on_shape = strata.summary(MakesModules(), (2, 4), metrics=["macs", "memory"], verbose=0)
    assert on_shape.total_mult_adds == 2 * 4 * 4
    timed = strata.summary(MakesModules(), (2, 4), device="cpu", metrics=["macs", "latency"],
                           runs=2, warmup=1, min_time=0, verbose=0)
    assert timed.total_mult_adds == 2 * 4 * 4


class Summarizes(nn.Module):
    """Another model, and then a part of itself, between two layers."""

    def __init__(self, metrics):
        super().__init__()
        self.first, self.second = nn.Linear(4, 4), nn.Linear(4, 4)
        self.metrics = metrics
        self.told = []

    def forward(self, x):
        x = self.first(x)
        for model in (nn.Sequential(nn.Linear(8, 3), nn.ReLU()), self.second):
            size = (5, model[0].in_features if isinstance(model, nn.Sequential) else 4)
            inner = strata.summary(model, size, metrics=self.metrics, device="shape", verbose=0)
            self.told.append(inner.total_mult_adds)
        return self.second(x)


@pytest.mark.parametrize("device", ["shape", "cpu"])
@pytest.mark.parametrize("metrics", [["params", "macs"], ["macs", "memory"]])
def test_a_summary_inside_of_a_forward(device, metrics):
    model = Summarizes(metrics)
    told = model.told
    result = strata.summary(model, (2, 4), metrics=metrics, device=device, verbose=0)
    assert told[:2] == [5 * 8 * 3, 5 * 4 * 4]
    # Of the inner ones nothing that is no module's of this model.
    assert result.total_mult_adds == 2 * (2 * 4 * 4)


class Chain(nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return x


@pytest.mark.parametrize("device", [None, "cpu", "meta"])
def test_a_model_deeper_than_pythons_stack(device):
    model = nn.Linear(4, 4)
    for _ in range(3000):
        model = Chain(model)
    result = strata.summary(model, (2, 4), device=device, verbose=0)
    assert result.total_params == 4 * 4 + 4


class Many(nn.Module):
    """So many that each may not be looked for among all."""

    def __init__(self, is_registered):
        super().__init__()
        layers = [nn.ReLU() for _ in range(30000)]
        self.layers = nn.ModuleList(layers) if is_registered else layers
        self.is_registered = is_registered

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x) if self.is_registered else layer(x)
        return x


@pytest.mark.parametrize("is_registered, warning", [
    (True, "forward of 30000 modules was called past their hooks, as 'layers.0.forward"),
    (False, "30000 modules were called and are not registered (first 'layers[0]')")])
def test_many_modules_take_no_time_of_their_square(is_registered, warning):
    model = Many(is_registered)
    begin = time.process_time()
    result = strata.summary(model, (2, 4), metrics=["params"], verbose=0)
    took_s = time.process_time() - begin
    assert [text for text in result.warnings if text.startswith(warning)]
    assert took_s < 8
