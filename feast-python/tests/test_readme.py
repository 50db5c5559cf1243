"""Runs the README's examples in order; those with Feast if it is installed."""

import importlib.util
import re
from pathlib import Path

import pytest

README = Path(__file__).parents[1] / "README.md"


def test_the_readme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    examples = re.findall(r"^```python\n(.*?)^```$", README.read_text(), re.DOTALL | re.MULTILINE)
    has_feast = importlib.util.find_spec("feast") is not None
    names: dict[str, object] = {}
    run = 0
    for example in examples:
        if "from feast." in example and not has_feast:
            continue
        # hypothesis needs the source of a test.
        path = tmp_path / f"example_{run}.py"
        path.write_text(example)
        exec(compile(example, str(path), "exec"), names)
        run += 1
    assert run >= len(examples) - 1 > 5
    tests = [names[name] for name in names if name.startswith("test_")]
    assert len(tests) == 2
    for test in tests:
        assert callable(test)
        test()
