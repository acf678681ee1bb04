# The operator `multiply` on a small case that agrees with numpy.
# RUN: interp run diff
# IN A: float64[5] -3.5 -0.625 1.1875 -2.8125 0.0625
# IN B: float64[5] 2.5 0.75 1.0625 1.8125 3.4375
# OUT Y: -8.75 -0.46875 1.26171875 -5.09765625 0.21484375
from tirade import ops

main = ops.multiply.func((5,), 'float64', (5,), 'float64')
