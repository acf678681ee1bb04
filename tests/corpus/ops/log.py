# The operator `log` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: float64[2] 2.6875 1.125
# OUT Y: 0.9886113934537812 0.11778303565638346
from tirade import ops

main = ops.log.func((2,), 'float64')
