"""`surgchain review serve`: a Label Studio of our own, and the pictures."""

import signal
import time
from pathlib import Path
from typing import Annotated

import typer

from surgchain.annotators.label_studio import pictures as picture_server
from surgchain.annotators.label_studio import server as own_server
from surgchain.pipelines import params
from surgchain.pipelines.commands.review.options import DESK, PICTURES_PORT, PORT, ParamsPath, State
from surgchain.pipelines.corpus import videos
from surgchain.pipelines.reviewing.desk import Desk
from surgchain.schemas.frame_shards import FrameShards


def serve(
    port: Annotated[int, typer.Option(help="Port of Label Studio.")] = PORT,
    pictures_port: Annotated[int, typer.Option(help="Port of the pictures.")] = PICTURES_PORT,
    pictures_host: Annotated[
        str, typer.Option(help="Address to give pictures out on; 0.0.0.0 for a hospital's network.")
    ] = "127.0.0.1",
    url: Annotated[str, typer.Option(help="A hospital's server: only pictures are served.")] = "",
    frames: Annotated[Path, typer.Option(help="Folder of frame shards.")] = Path("data/frames"),
    state: State = DESK.state,
    params_path: ParamsPath = params.DEFAULT_PATH,
) -> None:
    """Start Label Studio and the pictures; make its environment the first time. Ctrl-C ends both.

    Example: surgchain review serve --port 8080
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # our server ends with us
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's `&` ignores it
    place = Desk(state=state)
    sources = videos.selected(frames, params_path)
    shards = {name: FrameShards(path) for name, path in sources.items()}
    with picture_server.serving(shards, place.key(), pictures_port, pictures_host):
        print(f"pictures   http://{pictures_host}:{pictures_port}, {len(shards)} sources")
        if url:
            with place.client(url) as client:
                print(f"Label Studio at {url}: we are account {client.whoami()['id']}")
            _until_interrupted()
            return
        print("Label Studio is starting (the first time it makes .venvs/label-studio: minutes)")
        with own_server.running(state, port) as running:
            print(f"review at  {running.url}")
            print(f"account    {own_server.ADMINISTRATOR}")
            print(f"password   in {own_server.password_file(state)}")
            next_step = f"surgchain review push --reviewers me --url {running.url}"
            print(f"next       {next_step}", flush=True)
            _until_interrupted()


def _until_interrupted() -> None:
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        print("stopped")
