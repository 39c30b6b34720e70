from __future__ import annotations

import json

from tools.data.render import as_json


def test_each_row_has_a_line_of_its_own_and_the_file_ends_with_one() -> None:
    table = {"source": "é", "rows": {"a": [1], "b": [2]}}
    made = as_json(table, row_ends="],")
    assert made.decode() == '{"source":"é","rows":{"a":[1],\n"b":[2]}}\n'
    assert json.loads(made) == table
