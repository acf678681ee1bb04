# The operator `erf` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: float32[5] -4.0625 0.9375 0.5 -0.0625 -0.3125
# OUT Y: -1.0 0.8151023983955383 0.5204998850822449 -0.07043197751045227 -0.3414686322212219
from tirade import ops

main = ops.erf.func((5,), 'float32')
