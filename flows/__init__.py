"""Everything that knows Prefect: flows, tasks, artifacts, runners, options and the ``onrecord`` command."""
