library(testthat)
library(cuneus)

test_check("cuneus")
