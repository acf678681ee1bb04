# The operator `matmul` on a small case that agrees with numpy.
# RUN: interp run diff
# IN A: int32[5,1,5] 6 -6 -7 -12 -4 -8 15 12 -16 18 15 17 -2 4 -9 -19 -16 -2 1 -5 -1 -4 -1 -1 1
# IN B: int32[5,6] -6 -12 11 14 -14 13 -7 18 -15 11 -14 14 17 13 -14 -9 -6 -3 -15 1 -2 4 3 -2 8 10 -1 1 -11 11
# OUT Y: 35 -323 282 29 50 -5 531 686 -467 -101 -416 300 -375 14 -61 422 -325 332 137 -135 62 -425 560 -522 40 -64 64 -52 62 -53
from tirade import ops

main = ops.matmul.func((5, 1, 5), 'int32', (5, 6), 'int32', transpose_a=False, transpose_b=False)
