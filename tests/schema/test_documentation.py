"""The strings under fields."""

from modelspec.layers import registry
from modelspec.schema import field_docs
from modelspec.training import callbacks, optimizers


def test_each_argument_of_each_declaration_is_documented() -> None:
    declarations = [registry.find(name) for name in registry.names()]
    declarations += [callbacks.find(name) for name in callbacks.names()]  # type: ignore[misc]
    declarations += list(optimizers.classes().values())  # type: ignore[arg-type]
    for declaration in declarations:
        assert declaration is not None
        docs = field_docs(declaration)
        assert [name for name in declaration.model_fields if not docs.get(name)] == []


def test_the_nearest_class_has_the_word() -> None:
    assert optimizers.find("adamw").__name__ == "AdamW"
    assert field_docs(optimizers.find("sgd"))["learning_rate"].startswith("The step size")
    assert field_docs(optimizers.find("sgd"))["clipnorm"].startswith("Each weight's gradient")
