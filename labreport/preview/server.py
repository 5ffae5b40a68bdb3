"""A server for the browser of this machine alone: the page around a chapter, the chapter, and word of each change."""

import asyncio
import json
import threading
from collections.abc import Callable
from importlib.resources import files

from tornado.httpserver import HTTPServer
from tornado.iostream import StreamClosedError
from tornado.netutil import bind_sockets
from tornado.web import Application, HTTPError, RequestHandler

from labkit.errors import LabError

from .chapter import LiveChapter

HOST = "127.0.0.1"
POLL_SECONDS = 0.1


class Handler(RequestHandler):
    """Answers a page of this machine that was opened by its own name; any other may be one that is made to look so."""

    def initialize(self, chapter: LiveChapter) -> None:
        self.chapter = chapter

    def prepare(self) -> None:
        if self.request.host_name not in (HOST, "localhost"):
            raise HTTPError(403)
        self.set_header("Cache-Control", "no-store")


class FrameHandler(Handler):
    def get(self) -> None:
        self.finish(files("labreport.preview").joinpath("frame.html").read_text(encoding="utf-8"))


class ChapterHandler(Handler):
    def get(self) -> None:
        self.finish(self.chapter.shown.html)


class ChangesHandler(Handler):
    """Events, as `EventSource` of a browser reads them."""

    async def get(self) -> None:
        self.set_header("Content-Type", "text/event-stream")
        told = None
        try:
            while not self.chapter.ended.is_set():
                if (shown := self.chapter.shown) is not told:
                    told = shown
                    state = {"version": shown.version, "name": shown.name, "error": shown.error, "busy": shown.busy}
                    self.write(f"data: {json.dumps(state | {'there': bool(shown.html)})}\n\n")
                    await self.flush()
                await asyncio.sleep(POLL_SECONDS)
        except StreamClosedError:
            return  # the browser has gone


def serve(chapter: LiveChapter, port: int, ready: Callable[[str], None]) -> None:
    """Keep the chapter current and show it, until Ctrl-C. `ready` is told the address. Raise LabError if there is none.

    0 for the port takes a free one.
    """
    try:
        sockets = bind_sockets(port, HOST)
    except OSError as error:
        raise LabError(
            f"port {port} cannot be used: {error.strerror}; leave out --port, and a free one is taken"
        ) from None

    async def run() -> None:
        places = {"/": FrameHandler, "/chapter": ChapterHandler, "/changes": ChangesHandler}
        server = HTTPServer(Application([(place, handler, {"chapter": chapter}) for place, handler in places.items()]))
        server.add_sockets(sockets)
        ready(f"http://{HOST}:{sockets[0].getsockname()[1]}/")
        try:
            await asyncio.Event().wait()
        finally:
            chapter.ended.set()
            await asyncio.sleep(2 * POLL_SECONDS)  # in which those who wait for changes leave

    worker = threading.Thread(target=chapter.keep_current)
    worker.start()
    try:
        asyncio.run(run())
    finally:
        worker.join()
