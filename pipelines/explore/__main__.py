"""`python -m surgchain.pipelines.explore ROUND`: the command, in FiftyOne's own environment."""

from surgchain.pipelines.commands.explore import explore
from surgchain.pipelines.stages import main

if __name__ == "__main__":
    main(explore)
