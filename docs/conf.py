"""How the documentation is built: plain Markdown in, one set of pages out, nothing fetched by a reader."""

import tomllib
from pathlib import Path

_pyproject = Path(__file__).parent.parent / "pyproject.toml"
_project = tomllib.loads(_pyproject.read_text(encoding="utf-8"))["project"]

project = "allocator"
author = "The allocator authors"
copyright = f"2026, {author}"
release = version = _project["version"]

extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
nitpicky = True

html_theme = "furo"
html_title = f"allocator {release}"
html_show_sourcelink = False
html_copy_source = False
