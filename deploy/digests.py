"""Pin the images of deploy/ by digest: ``python -m deploy.digests write|check``.

``write`` asks the registries, through ``docker buildx imagetools``, and adds the digest to each
image in place: ``postgres:17.12`` becomes ``postgres:17.12@sha256:…``. Delete the digest when you
change a tag. ``check`` fails if an image has none: it is the first step of a release build.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from newsline.errors import OperatorError

DEPLOY = Path(__file__).parent
FILES = ("compose.yaml", "containers/Containerfile", "kubernetes")

IMAGE = re.compile(
    r"(?P<before>^\s*(?:-\s+)?image: |^ARG [A-Z]+=)"
    r"(?P<image>[a-z0-9./-]+:[\w.-]+)(?P<digest>@sha256:[0-9a-f]{64})?$",
    re.MULTILINE,
)
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def files(deploy: Path) -> list[Path]:
    """The files that name images."""
    named = [deploy / name for name in FILES]
    inside = [sorted(each.rglob("*.yaml")) if each.is_dir() else [each] for each in named]
    return [file for each in inside for file in each]


def images(text: str) -> dict[str, str | None]:
    """Image with its tag → its digest; None: it has none."""
    return {found["image"]: found["digest"] for found in IMAGE.finditer(text)}


def pinned(text: str, digest: Callable[[str], str]) -> str:
    """The text with the digest of every image, as ``digest`` gives it."""
    return IMAGE.sub(lambda m: f"{m['before']}{m['image']}@{digest(m['image'])}", text)


def resolve(image: str) -> str:
    """The digest of the image's index, which covers all its architectures."""
    command = ["docker", "buildx", "imagetools", "inspect", image]
    try:
        done = subprocess.run(
            [*command, "--format", "{{.Manifest.Digest}}"],
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        raise OperatorError("docker is missing: its buildx asks the registries") from None
    answer = done.stdout.strip()
    if done.returncode or not DIGEST.fullmatch(answer):
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise OperatorError(f"{image} has no digest: {lines[-1] if lines else 'no answer'}")
    return answer


def write(deploy: Path) -> None:
    """Add the digests, or none if one is missing."""
    texts = {file: file.read_text() for file in files(deploy)}
    digests = {image: resolve(image) for text in texts.values() for image in images(text)}
    for file, text in texts.items():
        if (new := pinned(text, digests.__getitem__)) != text:
            file.write_text(new)
    for image, digest in digests.items():
        print(f"{image}@{digest}")


def check(deploy: Path) -> None:
    """Raise OperatorError if an image has no digest."""
    found = [pair for file in files(deploy) for pair in images(file.read_text()).items()]
    if missing := sorted({image for image, digest in found if digest is None}):
        raise OperatorError(
            f"without a digest: {', '.join(missing)}; run python -m deploy.digests write"
        )
    print(f"{len(dict(found))} images are pinned by digest")


COMMANDS = {"write": write, "check": check}


def main(*arguments: str) -> None:
    if len(arguments) != 1 or arguments[0] not in COMMANDS:
        sys.exit(f"usage: python -m deploy.digests {'|'.join(COMMANDS)}")
    try:
        COMMANDS[arguments[0]](DEPLOY)
    except OperatorError as error:
        sys.exit(f"{arguments[0]}: {error}")


if __name__ == "__main__":
    main(*sys.argv[1:])
