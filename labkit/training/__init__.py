"""From a configuration to a trained run. Nothing here knows who runs it, in which process, or what is in the cache."""
