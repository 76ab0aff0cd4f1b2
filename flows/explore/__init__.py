"""``onrecord explore``: a local web page over one pinned snapshot of a warehouse.

Three layers, each of which can be used without the next: ``database`` and the modules of questions (``quotes``,
``names``, ``outlets``, ``together``, ``health``, ``articles``) ask DuckDB and give frames with the pandas lines that
give the same; ``markup`` and ``article_page`` turn them into HTML with everything escaped; ``views`` and ``server`` put
them on Streamlit's page. Needs the extra ``explore``; see docs/explore.md and docs/decisions/0044-explorer.md.
"""
