"""The same tables as Delta Lake, for object stores and for engines that outgrow one machine.

``publish(data, url)`` writes each table of a snapshot to ``url/<table>``. Files go out as they are; what a Delta table
has already is not sent again. Each publication is one version of each table, and notes the snapshot's number in the
commit, so that :func:`published` can tell which versions belong together.

Needs the library ``deltalake`` (``pip install 'onrecord[delta]'``); it is imported when it is used.
"""

from warehouse.delta.publication import Publication, TablePublication, publish
from warehouse.delta.versions import Published, published

__all__ = ["Publication", "Published", "TablePublication", "publish", "published"]
