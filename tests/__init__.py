import pytest

# Their assertions then show both sides, as those of test modules do.
pytest.register_assert_rewrite("tests.bad_settings", "tests.support")
