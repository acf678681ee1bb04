# A buffer that is declared before its pointer is bound is a view, not fresh memory.
# RUN: check fmt
from tvm.script import tir as T


@T.prim_func
def main(A: T.Buffer((64,), "int8"), B: T.Buffer((64,), "int8")):
    view = T.Buffer([64], "int8")
    with T.LetStmt(T.address_of(A[0]), var=view.data):
        for i in range(64):
            B[i] = view[i]
