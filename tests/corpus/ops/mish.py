# The operator `mish` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: float64[5,1] 0.125 0.3125 -1.5 -3.0 -0.5
# OUT Y: 0.07995757084735981 0.2178305968825519 -0.29809974216680674 -0.1456474612756246 -0.22074377465173
from tirade import ops

main = ops.mish.func((5, 1), 'float64')
