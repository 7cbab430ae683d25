"""Months of believable operations data for the eight gold tables, with labelled incidents hidden in it."""

from local_workspace.sample_data.generation import DAYS, SEED, generate, incidents_before
from local_workspace.sample_data.incident import Incident
from local_workspace.sample_data.sample import SampleData

__all__ = ["DAYS", "SEED", "Incident", "SampleData", "generate", "incidents_before"]
