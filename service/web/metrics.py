"""What the service counts, in the text format that Prometheus reads.

Format: https://prometheus.io/docs/instrumenting/exposition_formats/
"""

import os
from dataclasses import asdict

from service.execution.engine import Counts

__all__ = ["METRICS_TYPE", "metrics_text"]

METRICS_TYPE = "text/plain; version=0.0.4"


def metrics_text(counts: Counts) -> str:
    """Return how this process answered requests since its start, by way.

    Several workers count each for itself, and one of them answers: its process id is a label, so
    that no counter is ever seen to go backwards.
    """
    name, worker = "medcodegraph_requests_total", os.getpid()
    lines = [
        f"# HELP {name} GraphQL requests of this worker, by the way they were answered.",
        f"# TYPE {name} counter",
    ]
    lines += [
        f'{name}{{way="{way}",worker="{worker}"}} {count}' for way, count in asdict(counts).items()
    ]
    return "\n".join(lines) + "\n"
