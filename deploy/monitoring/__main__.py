"""Write alert rules, scrape configuration and dashboard with names of your own into a directory.

Without options, the files are those of deploy/prometheus and deploy/grafana.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from deploy.monitoring.bundle import bundle
from deploy.monitoring.names import Names


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m deploy.monitoring", description=__doc__)
    usual = Names()
    for name, meaning in (
        ("connectors-job", "Job name in Prometheus of newsline poll."),
        ("job-job", "That of newsline enrich, or of newsline worker on Flink."),
        ("monitor-job", "That of newsline monitor."),
        ("flink-job", "That of Flink's processes; '' without Flink."),
        ("runbook-url", "Address at which on-call staff find deploy/RUNBOOK.md."),
        ("page-url", "Address of a live page, for a link."),
        ("datasource", "uid of Grafana's data source; '': chosen on the dashboard."),
    ):
        value = getattr(usual, name.replace("-", "_"))
        parser.add_argument(
            f"--{name}", default=value, metavar="NAME", help=f"{meaning} [{value or 'none'}]"
        )
    parser.add_argument("directory", type=Path)
    given = vars(parser.parse_args())
    directory = given.pop("directory")
    for path, text in bundle(Names(**given)).items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_text(text)


if __name__ == "__main__":
    main()
