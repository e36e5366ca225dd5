"""Logs and metrics: structured lines with order key and payment id; no secrets, no personal data (GO-10).

Metrics are written to the log in the embedded metric format: no call is made for them.
"""

from aws_lambda_powertools import Logger, single_metric
from aws_lambda_powertools.metrics import MetricUnit

NAMESPACE = "Tillgate"

logger = Logger()


def count(name: str, **dimensions: str) -> None:
    """Counts one. Dimensions must have few values: a connector, an outcome; never an id."""
    with single_metric(name=name, unit=MetricUnit.Count, value=1, namespace=NAMESPACE) as metric:
        for dimension, value in dimensions.items():
            metric.add_dimension(dimension, value)
