"""What holds for all tests."""

from hypothesis import settings

# A busy machine is no failure: the first example of many pays for imports.
settings.register_profile("tests", deadline=None)
settings.load_profile("tests")
