"""
Renders chat templates with transformers and records what came out.

    python record_templates.py OUT.json FOLDER_OR_FILE...

Every *.jinja of the folders, and every chat template in a tokenizer_config.json, is rendered with each conversation of
conversations.json at a fixed time. Of each template its SHA-256 is kept, of each text too, or that the template refused
the conversation: nothing of the templates themselves, which belong to others.
"""

import hashlib
import json
import sys
from datetime import datetime
from pathlib import Path

import jinja2
import transformers
from transformers.utils.chat_template_utils import render_jinja_template

NOW = datetime(2026, 3, 7, 9, 5, 2)
TOKENS = {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}


def templates(paths):
    for path in map(Path, paths):
        for file in [path] if path.is_file() else sorted(path.rglob("*.jinja")):
            yield file.stem, file.read_bytes().decode("utf-8-sig")


def sha256(text):
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def render(template, conversation):
    try:
        texts, _ = render_jinja_template(
            [conversation["messages"]],
            tools=conversation.get("tools"),
            chat_template=template,
            add_generation_prompt=conversation.get("add_generation_prompt", False),
            strftime_now=NOW.strftime,
            **TOKENS,
            **conversation.get("kwargs", {}),
        )
        return texts[0]
    except Exception as error:
        return error


def main(out, *paths):
    here = Path(__file__).parent
    conversations = json.loads((here / "conversations.json").read_text("utf-8"))
    seen = {}
    for name, template in templates(paths):
        key = sha256(template)
        if key in seen:
            continue
        results = [render(template, conversation) for conversation in conversations]
        seen[key] = {
            "name": name,
            "template": key,
            "texts": [None if isinstance(result, Exception) else sha256(result) for result in results],
        }
        if "--texts" in sys.argv:
            seen[key]["full"] = [repr(r) if isinstance(r, Exception) else r for r in results]
    versions = {"transformers": transformers.__version__, "jinja2": jinja2.__version__}
    Path(out).write_text(json.dumps({"versions": versions, "templates": list(seen.values())}, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main(*[argument for argument in sys.argv[1:] if not argument.startswith("--")])
