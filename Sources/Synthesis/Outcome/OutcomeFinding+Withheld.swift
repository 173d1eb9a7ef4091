import Evidence
import Statistics

extension OutcomeFinding {
    /// What readers expect or asked for, and why it is not there.
    var whatIsWithheld: [Withheld] {
        var list: [Withheld] = []
        let count = studies
        if count < 2 {
            list.append(Withheld("heterogeneity and a mean of several", "there is one study"))
        } else if count < 3 {
            list.append(Withheld("prediction interval", "two studies leave no degree of freedom for it"))
        }
        if count < 3 {
            list.append(
                Withheld(
                    "tests of bias, leave-one-out",
                    "they need three studies; there \(count == 1 ? "is one" : "are \(count)")"))
        } else if count < 10 {
            list.append(
                Withheld(
                    "a verdict from tests of funnel asymmetry",
                    "with \(count) studies they have hardly any power (ten is the usual least); their numbers are in the table"
                ))
        }
        if posterior == nil, !settings.priorsFit(scale) {
            list.append(
                Withheld(
                    "posterior and Bayes factor",
                    "the usual priors are for standardised effects; state prior-deviation and prior-tau in the outcome’s own "
                        + "unit"))
        }
        if let column = settings.subgroup, subgroups == nil {
            list.append(Withheld("groups by \(column)", "fewer than two groups have enough effects"))
        }
        for column in settings.moderators where !moderators.contains(where: { $0.columns == [column] }) {
            list.append(Withheld("regression on \(column)", "too few effects have a value, or it does not vary"))
        }
        if settings.permutations != nil {
            let some = moderators.filter { $0.permutation == nil }.map { $0.columns.joined(separator: " + ") }
            if !some.isEmpty {
                list.append(
                    Withheld(
                        "permutation test of \(some.joined(separator: ", "))",
                        "effects of one study cannot be exchanged one by one; with one mean per study (dependence aggregate) they can"
                    ))
            }
        }
        let named = effects.filter { $0.region != nil && $0.secondRegion != nil }
        if pairs == nil, Set(named.map { Set([$0.region, $0.secondRegion]) }).count > 1 {
            list.append(
                Withheld(
                    "a matrix of region pairs",
                    scale.measure.hasNullValue ? "no pair has two studies" : "its measure has no value of no effect"))
        }
        let few = pairs?.pairs.leftOut.count ?? 0
        if few > 0 {
            list.append(
                Withheld(
                    "\(few) of \(few + (pairs?.pairs.pairs.count ?? 0)) region pairs", "a pair needs two studies"))
        }
        if let column = settings.dose, settings.hasArms {
            if armDose == nil {
                list.append(
                    Withheld("dose–response on \(column)", "the arms of two studies with different doses are needed"))
            }
        } else if let column = settings.dose, dose == nil {
            list.append(Withheld("dose–response on \(column)", "fewer than three different amounts are known"))
        }
        if !influence.undated.isEmpty, count > 2 {
            let some = influence.undated.prefix(3).joined(separator: ", ")
            let more = influence.undated.count > 3 ? " and \(influence.undated.count - 3) others" : ""
            list.append(Withheld("the effect by year", "the year of \(some)\(more) is not known"))
        }
        return list
    }
}
