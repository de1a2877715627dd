"""The model, and the process, are as they were."""
# pylint: disable=missing-class-docstring,missing-function-docstring

import collections
import copy
import gc
import os
import pickle
import random
import signal
import sys
import threading
import time
import weakref

import numpy
import pytest
import torch
from torch import nn

import strata


class Everything(nn.Module):
    """Changes all that a forward may."""

    def __init__(self, end="returns"):
        super().__init__()
        self.norm = nn.BatchNorm1d(4)
        self.frozen = nn.BatchNorm1d(4).eval()
        self.dropout = nn.Dropout()
        self.lazy = nn.LazyLinear(3)
        self.register_buffer("count", torch.zeros((), dtype=torch.long))
        self.spectral = nn.utils.spectral_norm(nn.Linear(4, 4))
        self.plain = torch.ones(4)
        self.calls = []
        self.end = end

    def forward(self, x):
        self.count += 1
        self.calls = [*self.calls, len(self.calls)]
        self.extra = nn.Linear(4, 4, device=x.device)
        self.norm.register_forward_hook(lambda *_: None)
        self.train(not self.training)
        random.random()
        numpy.random.random()
        torch.set_default_dtype(torch.float64)
        x = self.dropout(self.frozen(self.norm(x))) * self.plain + torch.rand(4).to(x)
        x = self.lazy(self.spectral(x))
        if self.end == "raises":
            raise ValueError("on purpose")
        if self.end == "interrupted":
            raise KeyboardInterrupt
        return x


def state_of(model):
    """All that is to be the same: objects by identity, tensors by value."""
    state = []
    for path, module in model.named_modules():
        members = {name: value for name, value in module.__dict__.items()}
        state.append((path, module, type(module), list(members), module.training))
        for name, value in members.items():
            state.append((path, name, id(value)))
            if isinstance(value, dict):
                state.append((path, name, [(key, id(item)) for key, item in value.items()]))
    tensors = {}
    for name, tensor in [*model.named_parameters(), *model.named_buffers()]:
        if not nn.parameter.is_lazy(tensor):
            gradient = None if tensor.grad is None else tensor.grad.clone()
            tensors[name] = (tensor.device, tensor.requires_grad, tensor.detach().clone(), gradient)
    return state, tensors


def process_state():
    return (torch.get_rng_state().tolist(), random.getstate(), str(numpy.random.get_state()),
            torch.get_default_dtype(), torch.is_grad_enabled(), torch.get_num_threads(),
            torch.get_default_device(), nn.Module.__call__, torch.zeros, torch.fft.fftfreq,
            gc.isenabled(),
            os.environ.get("LIBTORCH"), signal.getsignal(signal.SIGINT))


def assert_same(before, after):
    assert before[0] == after[0]
    assert before[1].keys() == after[1].keys()
    for name, (device, requires_grad, value, gradient) in before[1].items():
        now = after[1][name]
        assert (device, requires_grad) == now[:2], name
        assert torch.equal(value, now[2]), name
        assert gradient is None and now[3] is None or torch.equal(gradient, now[3]), name


@pytest.mark.parametrize("device", [None, "shape", "cpu", "meta"])
@pytest.mark.parametrize("mode", ["eval", "train", "same"])
@pytest.mark.parametrize("end", ["returns", "raises", "interrupted"])
def test_all_is_as_it_was(device, mode, end):
    model = Everything(end)
    model.norm.weight.grad = torch.ones(4)
    model.norm.register_forward_pre_hook(lambda *_: None)
    model.dropout.eval()
    before, process = state_of(model), process_state()
    try:
        strata.summary(model, (2, 4), mode=mode, device=device, verbose=0)
    except (strata.Error, KeyboardInterrupt) as e:
        assert end != "returns"
        assert isinstance(e, KeyboardInterrupt) == (end == "interrupted")
    else:
        assert end == "returns"
    assert_same(before, state_of(model))
    assert process == process_state()


@pytest.mark.parametrize("metrics", [["memory"], ["latency"]])
def test_further_runs_change_nothing_either(metrics):
    model = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4), nn.Dropout())
    before, process = state_of(model), process_state()
    strata.summary(model, (2, 4), metrics=metrics, device="cpu", runs=2, warmup=1, verbose=0)
    assert_same(before, state_of(model))
    assert process == process_state()


def test_what_is_called_by_name_alone_is_put_back():
    """An attribute `forward` that a user put on a module."""
    model = nn.Sequential(nn.Linear(4, 4))
    own = lambda x: x + 1  # noqa: E731
    model[0].forward = own
    strata.summary(model, (2, 4), verbose=0)
    assert model[0].forward is own


def test_nothing_keeps_the_model_alive():
    model = Everything()
    reference = weakref.ref(model)
    result = strata.summary(model, (2, 4), verbose=0)
    del model
    gc.collect()
    assert reference() is None
    assert result.total_params > 0


def test_nothing_keeps_a_model_alive_that_raised():
    model = Everything("raises")
    reference = weakref.ref(model)
    try:
        strata.summary(model, (2, 4), verbose=0)
    except strata.Error:
        pass
    del model
    gc.collect()
    assert reference() is None


def test_a_summary_can_be_made_again():
    model = Everything()
    first = strata.summary(model, (2, 4), verbose=0)
    assert strata.summary(model, (2, 4), verbose=0).to_json() == first.to_json()
    assert strata.summary(copy.deepcopy(model), (2, 4), verbose=0).to_json() == first.to_json()


def test_an_interruption_from_outside():
    def forward(x):
        while True:
            x = torch.relu(x)
    model = nn.Sequential(nn.Linear(4, 4))
    model[0].forward = forward
    before = state_of(model)
    threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        strata.summary(model, (2, 4), verbose=0)
    assert_same(before, state_of(model))


def test_kernels_for_shapes_are_given_back():
    x = torch.empty(2, 4, device="meta")
    before = torch._C._dispatch_dump("aten::relu")  # pylint: disable=protected-access
    strata.summary(nn.ReLU(), (2, 4), verbose=0)
    after = torch._C._dispatch_dump("aten::relu")  # pylint: disable=protected-access
    assert before == after
    assert torch.relu(x).shape == (2, 4)


class Interrupted:
    """Raises KeyboardInterrupt where Python looks for signals: after the n-th call."""

    def __init__(self, n):
        self.left = n

    def __call__(self, frame, event, _):
        file = frame.f_code.co_filename
        if event not in ("call", "c_return") or not (
                file.endswith("contextlib.py") or f"{os.sep}strata{os.sep}" in file):
            return
        self.left -= 1
        if self.left == 0:
            sys.setprofile(None)
            raise KeyboardInterrupt

    def __enter__(self):
        sys.setprofile(self)

    def __exit__(self, *_):
        sys.setprofile(None)


# A generator that ends meanwhile tells of it on stderr.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("timeout", [None, 60])
def test_an_interruption_at_any_moment(timeout):
    model = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4), nn.Dropout())
    strata.summary(model, (2, 4), timeout=timeout, verbose=0)
    before, process = state_of(model), process_state()
    limit, threads = sys.getrecursionlimit(), threading.active_count()
    for n in range(1, 100000):
        interrupted = Interrupted(n)
        try:
            with interrupted:
                strata.summary(model, (2, 4), timeout=timeout, verbose=0)
        except KeyboardInterrupt:
            # What the exception holds is not what put things back.
            assert nn.Module.__call__ is process[7], n
            assert torch.zeros is process[8], n
            assert_same(before, state_of(model))
        assert_same(before, state_of(model))
        assert process == process_state(), n
        assert sys.getrecursionlimit() == limit, n
        assert threading.active_count() == threads, n
        if interrupted.left > 0:
            break
    assert n > 50


def test_a_time_limit_that_ends_as_the_model_does():
    """What was to be raised then is raised no more, and not later either."""
    alarm = strata._core.Alarm(TimeoutError)  # pylint: disable=protected-access
    with alarm:
        ringing = threading.Thread(target=alarm.ring)
        with pytest.raises(TimeoutError):
            ringing.start()
            while True:
                time.sleep(0.001)
    assert not alarm.ring()
    time.sleep(0.01)


def test_a_profiler_after_a_time_limit():
    """Python 3.11 hung: it went on looking for an exception that was taken back."""
    strata.summary(nn.Linear(4, 4), (2, 4), timeout=60, verbose=0)
    calls = []
    sys.setprofile(lambda _, event, __: calls.append(event))
    try:
        (lambda: None)()
    finally:
        sys.setprofile(None)
    assert "call" in calls


class Own(dict):
    """A dict of another class."""


class Mappings(nn.Module):
    def __init__(self, members):
        super().__init__()
        self.layer = nn.Linear(4, 4)
        self.counts = collections.Counter(a=3)
        self.lists = collections.defaultdict(list, a=[1])
        self.ordered = collections.OrderedDict(a=1, b=2)
        self.__dict__ = members(self.__dict__)

    def forward(self, x):
        self.counts["a"] += 1
        self.counts["b"] += 1
        self.lists["b"].append(1)
        self.ordered.move_to_end("a")
        self.new = 1
        return self.layer(x)


@pytest.mark.parametrize("members", [dict, Own, collections.OrderedDict])
def test_dicts_of_other_classes(members):
    model = Mappings(members)
    before = state_of(model)
    strata.summary(model, (2, 4), mode="train", verbose=0)
    assert_same(before, state_of(model))
    assert type(model.__dict__) is members
    assert model.counts == {"a": 3} and model.lists == {"a": [1]}
    assert list(model.ordered.items()) == [("a", 1), ("b", 2)]


class Copying(nn.Module):
    def __init__(self, copied):
        super().__init__()
        self.layer = nn.Linear(4, 4)
        self.copied = copied
        self.copies = []

    def forward(self, x):
        if self.copied is not None:
            copied, self.copied = self.copied, None
            made = copied(self)
            self.copies.append(made)  # A list is not looked into.
            made(x)
            self.copied = copied
        return self.layer(x)


@pytest.mark.parametrize("copied", [
    copy.deepcopy, copy.copy, lambda module: pickle.loads(pickle.dumps(module))])
def test_a_model_that_copies_itself(copied):
    model = Copying(copied)
    copies = model.copies
    result = strata.summary(model, (2, 4), verbose=0)
    # Once by itself, and once by its copy's call.
    assert result.total_params == 20
    with torch.no_grad():
        assert copies[0].layer(torch.ones(2, 4, device=copies[0].layer.weight.device)
                               ).shape == (2, 4)
    assert copy.deepcopy(model).layer.weight.shape == (4, 4)


class Described:
    """A descriptor in the place of nn.Module.__call__, as tools for tracing put there."""

    def __init__(self, function):
        self.function = function

    def __get__(self, module, _=None):
        return self.function if module is None else self.function.__get__(module)


def test_a_call_that_another_replaced_before():
    call = nn.Module.__call__
    described = Described(call)
    nn.Module.__call__ = described
    try:
        assert strata.summary(nn.Linear(4, 4), (2, 4), verbose=0).total_mult_adds == 32
        assert vars(nn.Module)["__call__"] is described
    finally:
        nn.Module.__call__ = call


def test_summaries_on_many_threads():
    """All of their models share one part."""
    shared = nn.Sequential(*(nn.Linear(4, 4) for _ in range(50)))
    models = [nn.Sequential(shared, nn.Linear(4, 4)) for _ in range(4)]
    before, process = [state_of(model) for model in models], process_state()
    macs = []

    def summarize(model):
        for _ in range(10):
            macs.append(strata.summary(model, (2, 4), device="shape", verbose=0).total_mult_adds)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        threads = [threading.Thread(target=summarize, args=(model,)) for model in models]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert macs == [51 * 32] * 40
    for model, then in zip(models, before):
        assert_same(then, state_of(model))
    assert process == process_state()
