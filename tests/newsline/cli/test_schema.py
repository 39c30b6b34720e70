import json

from typer.testing import CliRunner

from newsline.cli import app


def test_the_schema_of_a_topic_is_printed_as_json():
    result = CliRunner().invoke(app, ["schema", "dead-letter"])
    assert result.exit_code == 0
    assert "original" in json.loads(result.output)["$defs"]["DeadLetter"]["properties"]
