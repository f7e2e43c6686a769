"""From a sheet of caliper measurements to growth rates, time to progression and arm comparisons."""

__version__ = "0.1.0"
