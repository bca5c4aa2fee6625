"""The notebooks' own drawings, one module a notebook: functions that take data and return a figure or draw on axes."""
