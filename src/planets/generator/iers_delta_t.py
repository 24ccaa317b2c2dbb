"""Prints the IERS delta-T table that python3-skyfield carries: `JD(TT) seconds` a line, daily from 1973."""
import os

import numpy
import skyfield

table = numpy.load(os.path.join(os.path.dirname(skyfield.__file__), "data", "iers.npz"))
days = table["tt_jd_minus_arange"]
days = days + numpy.arange(len(days))
for day, delta_t in zip(days, table["delta_t_1e7"]):
    print(f"{day:.8f} {delta_t / 1e7:.7f}")
