"""
python -m dpo_lab_trainer RUN_FOLDER...   trains the runs in turn, or goes on with them
python -m dpo_lab_trainer environment     prints as JSON what this Python has for training

Exit codes: 0 done or stopped as asked, 1 a failure that was told in words, 70 a bug, 2 no such command.
"""

import json
import os
import sys
import traceback
from pathlib import Path

from .errors import TrainingError
from .machine.environment import WINDOW, environment, version_problems, versions


def main(arguments: list[str]) -> int:
    if arguments == ["environment"]:
        print(json.dumps(environment(), ensure_ascii=False))
        return 0
    if not arguments or arguments[0].startswith("-"):
        print((__doc__ or "").strip(), file=sys.stderr)
        return 2
    folders = [Path(argument).resolve() for argument in arguments]
    problems = version_problems(versions(tuple(WINDOW)))
    if problems:
        return _refuse(folders, f"The torch trainer cannot run here: {' '.join(problems)}")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    # Nobody is told what is trained here.
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    try:
        from .machine.early_checks import check_early

        check_early(folders[0])
        from .run import train_runs

        return train_runs(folders)
    except TrainingError as error:
        return _refuse(folders, str(error))
    except Exception:
        traceback.print_exc()
        return 70


def _refuse(folders: list[Path], message: str) -> int:
    """Tells every run why it was not begun."""
    from .run_log import RunLog

    for folder in folders:
        if (folder / "run.json").is_file() and os.environ.get("RANK", "0") == "0":
            log = RunLog(folder, sys.maxsize)
            log.say("failed", message=message)
            log.close()
    print(message, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
