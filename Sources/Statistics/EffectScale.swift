// Distributions, effect sizes, pooling, random numbers.
