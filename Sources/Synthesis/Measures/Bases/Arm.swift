internal import Evidence

/// The first or the second group, and the names of its numbers.
struct Arm {
    let mean, sd, n, se, minimum, lowerQuartile, median, upperQuartile, maximum, quartileWidth: OutcomeQuantity
    let preMean, postMean, preSD, postSD, correlation, change, changeSD, changeN: OutcomeQuantity
    let events, others, total: OutcomeQuantity

    static let first = Arm(
        mean: .m1i, sd: .sd1i, n: .n1i, se: .se1i, minimum: .min1i, lowerQuartile: .q1OfGroup1, median: .med1i,
        upperQuartile: .q3OfGroup1, maximum: .max1i, quartileWidth: .iqr1i, preMean: .mpre1i, postMean: .mpost1i,
        preSD: .sdpre1i, postSD: .sdpost1i, correlation: .r1i, change: .mchange1i, changeSD: .sdchange1i,
        changeN: .nchange1i, events: .ai, others: .bi, total: .total1i)

    static let second = Arm(
        mean: .m2i, sd: .sd2i, n: .n2i, se: .se2i, minimum: .min2i, lowerQuartile: .q1OfGroup2, median: .med2i,
        upperQuartile: .q3OfGroup2, maximum: .max2i, quartileWidth: .iqr2i, preMean: .mpre2i, postMean: .mpost2i,
        preSD: .sdpre2i, postSD: .sdpost2i, correlation: .r2i, change: .mchange2i, changeSD: .sdchange2i,
        changeN: .nchange2i, events: .ci, others: .di, total: .total2i)
}
