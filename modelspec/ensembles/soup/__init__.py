"""The weights of several runs of one spec, averaged into one model (Wortsman et al. 2022)."""
