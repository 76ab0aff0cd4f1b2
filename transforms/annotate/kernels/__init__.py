"""The arithmetic of spaCy's CNN pipelines, arranged for throughput at identical output.

Each kernel stands in for one component of a loaded pipeline, is built from that component's own weights, and says by
returning None from its ``of`` constructor that it does not know the component's architecture: then the component
itself runs. ``docs/decisions/0033-annotation-engine.md`` tells what each gives.
"""
