"""One summary of a live module: its runs, and leaving it as it was."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import torch
from torch import nn

from strata import _core
from strata._factories import shapes_are_made
from strata._inputs import Inputs, mapped
from strata._snapshot import same_process, set_mode
from strata._time_limit import TimeUp, time_limit
from strata._tree import names_in, tensors_of

SHAPE = "shape"


def _with_names(root: nn.Module) -> Iterator[tuple[nn.Module, nn.Module | None, str]]:
    """Each module once, in registration order, with what has it and by which name.

    Without recursion: models nest deeper than Python does.
    """
    seen: set[int] = set()
    stack: list[tuple[nn.Module, nn.Module | None, str]] = [(root, None, "")]
    while stack:
        module, parent, name = stack.pop()
        if id(module) in seen:
            continue
        seen.add(id(module))
        yield module, parent, name
        stack.extend((child, module, name)
                     for name, child in reversed(list((module._modules or {}).items()))
                     if child is not None)


def _tensors_of(model: nn.Module) -> Iterator[torch.Tensor]:
    """Parameters first."""
    for module, _, _ in _with_names(model):
        yield from module.parameters(recurse=False)
    for module, _, _ in _with_names(model):
        yield from module.buffers(recurse=False)


def own_device(model: nn.Module) -> str:
    """Of its first tensor; of a model without any, the CPU."""
    for tensor in _tensors_of(model):
        return str(tensor.device)
    return "cpu"


def _is_on(model: nn.Module, device: str) -> bool:
    """Whether it may run there with its own tensors; some of them may be elsewhere."""
    return device == own_device(model) and (
        device != "meta" or all(tensor.is_meta for tensor in _tensors_of(model)))


def fast_shapes(device: str) -> AbstractContextManager[object]:
    """On shapes, kernels that are not in Python."""
    return _core.FastShapes() if device == SHAPE else nullcontext()


@contextmanager
def no_collection() -> Iterator[None]:
    """Without Python's search for cycles, which goes through all that is kept here."""
    was_on = gc.isenabled()
    try:
        gc.disable()
        yield
    finally:
        if was_on:
            gc.enable()


def history_of(output: Any) -> list[Any]:
    """The functions of autograd that made the tensors in it."""
    history: list[Any] = []

    def add(tensor: torch.Tensor) -> torch.Tensor:
        history.append(tensor.grad_fn)
        return tensor
    mapped(output, add)
    return history


class Live:
    """A model on one device, for the time of one summary."""

    def __init__(self, model: nn.Module, inputs: Inputs, device: str, mode: str) -> None:
        self.model = model
        self.inputs = inputs
        self.device = device  # SHAPE, or one of PyTorch's.
        self.mode = mode
        self.is_own = _is_on(model, self.torch_device)
        self.numbers = _core.Numbers()
        self.twins = _core.Twins(self.torch_device)  # The same in each run.
        # On shapes: what shapes_are_made passes over makes them, too. That takes longer.
        self.every_factory = False
        self.timeout_s: float | None = None  # Of each run.
        self.raised: BaseException | None = None
        self.warnings: list[str] = []

    @property
    def torch_device(self) -> str:
        return "meta" if self.device == SHAPE else self.device

    def _prepare(self, modules: _core.Modules, training: bool) -> None:
        """Gives them tensors that a run may have; a snapshot puts theirs back."""
        if self.is_own:
            self.twins.stand_in_for_written(modules)
        else:
            self.twins.take_place(modules)
        if self.mode != "same":
            set_mode(self.model, modules, training)

    def call(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Any]:
        """Runs forward once; gives what keeps alive all that a backward pass needs.

        On shapes what it makes are shapes, too.
        """
        factories: Any = nullcontext()
        if self.device == SHAPE:
            factories = torch.device("meta") if self.every_factory else shapes_are_made()
        with (torch.compiler.set_stance("force_eager"), factories,
              time_limit(self.timeout_s) as limit, limit):
            output = self.model(*args, **kwargs)
        return history_of(output) if torch.is_grad_enabled() else []

    def first_run(self, operators: bool, memory: bool) -> _core.LiveRun:
        """For the summary. What forward raises is in `raised`, but for an interruption."""
        run = _core.LiveRun()
        run.device = self.device
        modules = _core.Modules(self.model)
        with fast_shapes(self.device), same_process(), _core.Snapshot(modules):
            self._prepare(modules, self.mode == "train")
            versions = _core.ParameterVersions(modules)
            if self.inputs.are_there:
                watch = self._watched(modules, operators, memory, gradients=False)
                run.recording = watch.recording
                if self.raised is not None:
                    run.error = self._where(watch)
            run.tree = _core.Tree(_core.Modules(self.model), modules, self.numbers, tensors_of,
                                  names_in)
            self.warnings += self._warnings(run.tree, versions)
        run.warnings = self.warnings
        return run

    def _watched(self, modules: _core.Modules, operators: bool, memory: bool,
                 gradients: bool) -> _core.Watch:
        self.every_factory |= memory  # All of it counts.
        watch = _core.Watch(operators, memory, self.device == SHAPE)
        self._run(watch, modules, gradients)
        return watch

    def _run(self, watcher: _core.Watch, modules: _core.Modules, gradients: bool) -> None:
        self.raised = None
        args, kwargs = self.inputs.on(self.torch_device, move=not self.is_own)
        history: list[Any] = []
        with torch.set_grad_enabled(gradients), _core.Watching(
                watcher, self.numbers, modules):
            watcher.begin()
            try:
                history = self.call(args, kwargs)
            except (Exception, TimeUp) as e:  # pylint: disable=broad-exception-caught
                self.raised = e
            finally:
                watcher.end()
        del history  # What it kept was still there at the end.

    def again(self, training: bool, memory: bool) -> _core.Recording:
        """One more run, as in training."""
        modules = _core.Modules(self.model)
        with fast_shapes(self.device), same_process(), _core.Snapshot(modules):
            self._prepare(modules, training)
            watch = self._watched(modules, True, memory, gradients=training)
        if isinstance(self.raised, TimeUp):
            raise RuntimeError(self._where(watch))
        if self.raised is not None:
            raise self.raised
        return watch.recording

    def timed(self, watched: bool) -> _core.Clock:
        """One more run, for the clock."""
        clock = _core.Clock(self.device)
        modules = _core.Modules(self.model)
        with same_process(), _core.Snapshot(modules), torch.no_grad():
            self._prepare(modules, self.mode == "train")
            args, kwargs = self.inputs.on(self.torch_device, move=not self.is_own)
            with (torch.compiler.set_stance("force_eager"),
                  _core.Watching(clock, self.numbers, modules) if watched else nullcontext()):
                clock.begin()
                try:
                    with time_limit(self.timeout_s) as limit, limit:
                        self.model(*args, **kwargs)
                except TimeUp as e:
                    raise RuntimeError(f"a run was not done after {self.timeout_s:g} s") from e
                clock.end()
        return clock

    def _where(self, watch: _core.Watch) -> str:
        """Which module raised what it raised."""
        is_late = isinstance(self.raised, TimeUp)
        words = f"not done after {self.timeout_s:g} s" if is_late else _words(self.raised)
        if watch.raised_in < 0:
            return f"the model was not called: {words}"
        number = watch.raised_in
        module = self.numbers.module(number)
        path, = _paths_of(self.model, [module])
        place = f"in '{path}'" if path else "in the model itself"
        given = f"({type(module).__name__}), {watch.raised_given}"
        return (f"forward was {words}, and was {place} {given}" if is_late
                else f"forward raised {place} {given}: {words}")

    def _warnings(self, tree: _core.Tree, versions: _core.ParameterVersions) -> list[str]:
        warnings = []
        if tree.unregistered:
            count = len(tree.unregistered)
            warnings.append(
                f"{count} {'module was' if count == 1 else 'modules were'} called and "
                f"{'is' if count == 1 else 'are'} not registered (first '"
                f"{tree.unregistered[0]}'): model.parameters() does not have their "
                "parameters, and neither has this summary")
        by_forward = self.numbers.by_forward()
        if by_forward:
            count = len(by_forward)
            first = min(_paths_of(self.model, [self.numbers.module(number)
                                               for number in by_forward]))
            warnings.append(f"forward of {count} module{'s' if count > 1 else ''} was "
                            f"called past their hooks, as '{first}.forward(…)'")
        if tree.compiled:
            count = len(tree.compiled)
            warnings.append(
                f"{count} compiled (scripted) {'module is' if count == 1 else 'modules are'} shown "
                f"as a whole, with all parameters (first '{tree.compiled[0]}'): save it and "
                "strata.open the file to see inside")
        if versions.have_changed():
            warnings.append("forward wrote to parameters, which cannot be put back: the model is "
                            "not as it was")
        return warnings


def _words(raised: BaseException | None) -> str:
    text = str(raised).strip()
    first = text.splitlines()[0] if text else ""
    return f"{type(raised).__name__}: {first}" if first else type(raised).__name__


def _paths_of(root: nn.Module, modules: list[nn.Module]) -> list[str]:
    """Their first paths, in registration order; '<Class>' of what is not registered."""
    places = {id(module): (parent, name) for module, parent, name in _with_names(root)}

    def path_of(module: nn.Module) -> str:
        if id(module) not in places:
            return f"<{type(module).__name__}>"
        names: list[str] = []
        parent, name = places[id(module)]
        while parent is not None:
            names.append(name)
            parent, name = places[id(parent)]
        return ".".join(reversed(names))
    return [path_of(module) for module in modules]
