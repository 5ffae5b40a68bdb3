"""Everything that a report needs, tried in earnest, and the command that mends what is wrong."""
