# Two functions of one name, made by one generator, are called as two.
# FUNC: main
# OUT A: 101 101
from tvm.script import tirx as T

def gen(k):
    @T.prim_func(s_tir=True)
    def f(A: T.Buffer((2,), "int32")):
        for i in range(2):
            A[i] = A[i] + k
    return f

add1 = gen(1)
add100 = gen(100)

@T.prim_func(s_tir=True)
def main(A: T.Buffer((2,), "int32")):
    A[0] = 0
    A[1] = 0
    add1(A)
    add100(A)
