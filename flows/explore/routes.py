"""Pages beside Streamlit's."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse

from flows.explore.article_page import article_page, header_policy, missing_page
from flows.explore.articles import article as find_article
from flows.explore.served import served
from warehouse.errors import WarehouseError


async def article(request: Request) -> HTMLResponse:
    """``/article/ID?snapshot=12``: the marked article; of the newest snapshot where that one is gone or not named."""
    asked = request.query_params.get("snapshot", "")
    snapshot = int(asked) if asked.isascii() and asked.isdigit() else None
    status, page = await run_in_threadpool(_article, request.path_params["document_id"], snapshot)
    return HTMLResponse(page, status, headers={"Content-Security-Policy": header_policy(), "Cache-Control": "no-store"})


def _article(document_id: str, snapshot: int | None) -> tuple[int, str]:
    try:
        database = served().database_or_newest(snapshot)
        found = find_article(database, document_id)
    except WarehouseError as error:
        return 503, missing_page(str(error))
    if found is None:
        return 404, missing_page(f"Snapshot {database.snapshot} has no document {document_id}.")
    return 200, article_page(database, found)
