# The operator `cos` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: float32[3,2] 2.75 -1.3125 0.6875 1.8125 0.1875 -1.5
# OUT Y: -0.9243023991584778 0.2554337680339813 0.7728349566459656 -0.239357128739357 0.9824733138084412 0.07073719799518585
from tirade import ops

main = ops.cos.func((3, 2), 'float32')
