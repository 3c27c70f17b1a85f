"""How a stage is spread over processes: configs of `accelerate launch`, one file each."""
