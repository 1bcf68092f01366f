"""How lists are computed from what people bought: numpy and scipy alone; now, seed and parameters are arguments."""
