"""How a built module is called, copied, compiled, exported and distributed."""

import copy
import inspect
import io

import pytest
import torch

from modelspec.torch import InputError, build
from tests.torch import specs
from tests.torch.specs import graph_of


@pytest.fixture
def module():
    return build(graph_of(specs.TWO_INPUTS), seed=0).eval()


@pytest.fixture
def inputs():
    return {"story": torch.randint(0, 50, (3, 11)), "question": torch.randint(0, 50, (3, 4))}


def test_inputs_by_position_keyword_or_dict(module, inputs):
    wanted = module(inputs["story"], inputs["question"])["answer"]
    calls = (
        module(**inputs),
        module(inputs),
        module(inputs["story"], question=inputs["question"]),
        module(dict(reversed(inputs.items()))),
    )
    assert all(torch.equal(outputs["answer"], wanted) for outputs in calls)


def test_a_single_input_may_be_a_dict():
    module = build(graph_of(specs.SEQUENTIAL))
    x = torch.randn(2, 64)
    assert torch.equal(module({"x": x})["out"], module(x)["out"])


@pytest.mark.parametrize(
    ("args", "kwargs", "message"),
    [
        ((), {}, "`story` and `question` missing"),
        ((1,), {}, "`question` missing"),
        ((1, 2, 3), {}, "1 too many given"),
        ((1, 2), {"story": 1}, "`story` given twice"),
        (({"story": 1, "question": 2},), {"story": 1}, "`story` given twice"),
        ((), {"story": 1, "questoin": 2}, "`questoin` is not an input (did you mean `question`?)"),
        (({"story": 1, "question": 2, "zzz": 3},), {}, "`zzz` is not an input"),
        (({},), {}, "`story` and `question` missing"),
    ],
)
def test_wrong_inputs_are_named(module, args, kwargs, message):
    with pytest.raises(InputError) as raised:
        module(*args, **kwargs)
    assert message in str(raised.value)
    assert "the model takes `story` and `question`" in str(raised.value)


def test_forward_has_the_inputs_as_arguments(module):
    assert list(inspect.signature(module.forward).parameters) == ["story", "question"]


def test_copies_have_weights_of_their_own(module, inputs):
    twin = copy.deepcopy(module)
    wanted = module(inputs)["answer"]
    assert torch.equal(twin(inputs)["answer"], wanted)
    with torch.no_grad():
        twin.answer.bias.fill_(9.0)
    assert torch.equal(module(inputs)["answer"], wanted)
    assert not twin.training


def test_weights_can_be_saved_and_loaded(module, inputs):
    file = io.BytesIO()
    torch.save(module.state_dict(), file)
    file.seek(0)
    other = build(graph_of(specs.TWO_INPUTS), seed=1).eval()
    other.load_state_dict(torch.load(file, weights_only=True))
    assert torch.equal(other(inputs)["answer"], module(inputs)["answer"])


COMPILED = [
    (specs.THREE_OUTPUTS, {"posts": (4, 9, 4)}),
    (specs.RESIDUAL, {"image": (2, 8, 8, 4)}),
    (specs.SIAMESE, {"left": (2, 6, 5), "right": (2, 3, 5)}),
]


@pytest.mark.filterwarnings("ignore:The .grad attribute")  # dynamo looks, where an LSTM breaks it
@pytest.mark.parametrize("backend", ["eager", "aot_eager"])
@pytest.mark.parametrize(("text", "shapes"), COMPILED)
def test_compile(text, shapes, backend):
    module = build(graph_of(text), seed=0)
    inputs = {name: torch.randn(shape) for name, shape in shapes.items()}
    compiled = torch.compile(module, backend=backend)
    wanted, taken = module(**inputs), compiled(**inputs)
    assert list(taken) == list(wanted)
    for name, value in wanted.items():
        torch.testing.assert_close(taken[name], value)
    torch.testing.assert_close(compiled(inputs), wanted)


def test_compiled_gradients_are_the_same():
    module = build(graph_of(specs.THREE_OUTPUTS), seed=0)
    compiled = torch.compile(module, backend="aot_eager", fullgraph=True)
    posts = torch.randn(4, 9, 4)
    gradients = []
    for run in (module, compiled):
        module.zero_grad()
        sum(value.square().sum() for value in run(posts).values()).backward()
        gradients.append([parameter.grad.clone() for parameter in module.parameters()])
    for one, other in zip(*gradients, strict=True):
        torch.testing.assert_close(one, other)


def test_export_at_any_batch_and_length():
    from torch.export import Dim, export

    module = build(graph_of(specs.THREE_OUTPUTS), seed=0).eval()
    shapes = {"posts": {0: Dim("batch"), 1: Dim("T", min=4)}}
    exported = export(module, (torch.randn(4, 9, 4),), dynamic_shapes=shapes).module()
    posts = torch.randn(7, 30, 4)
    torch.testing.assert_close(exported(posts), module(posts))


def test_export_by_keyword():
    module = build(graph_of(specs.RESIDUAL), seed=0).eval()
    image = torch.randn(2, 8, 8, 4)
    exported = torch.export.export(module, (), {"image": image}).module()
    torch.testing.assert_close(exported(image=image), module(image))


def test_ddp_in_one_process(tmp_path):
    import gc

    from torch import distributed
    from torch.nn.parallel import DistributedDataParallel

    module = build(graph_of(specs.THREE_OUTPUTS), seed=0)
    posts = torch.randn(4, 9, 4)
    wanted = module(posts)
    distributed.init_process_group(
        "gloo", init_method=f"file://{tmp_path}/store", rank=0, world_size=1
    )
    try:
        parallel = DistributedDataParallel(module)
        for outputs in (parallel(posts), parallel(posts=posts), parallel({"posts": posts})):
            torch.testing.assert_close(outputs, wanted)
        sum(value.sum() for value in parallel(posts=posts).values()).backward()
        assert all(parameter.grad is not None for parameter in module.parameters())
        del parallel
        gc.collect()
    finally:
        distributed.destroy_process_group()


def test_the_twelfth_module_of_a_process_is_compiled_too():
    for units in range(1, 13):
        module = build(graph_of(specs.SEQUENTIAL.replace("units: 10", f"units: {units}")))
        compiled = torch.compile(module, backend="eager", fullgraph=True)
        assert compiled(torch.randn(2, 64))["out"].shape == (2, units)
