import Evidence
import Formats
import Synthesis
import TestSupport
import Testing

/// R's data sets as `write.csv` prints them, read and measured as the command does.
@Suite("Data sets of metadat")
struct DataSetTests {
    private func measured(_ set: MeasureCases.Set, _ measure: OutcomeMeasure? = nil) throws -> (
        OutcomeTable, EffectMeasurement
    ) {
        let scratch = try Scratch(["\(set.name).csv": set.csv])
        let table = try OutcomeTableReader().read("\(scratch.path)/\(set.name).csv")
        return (table, EffectMeasurement(table, settings: MeasurementSettings(measure: measure)))
    }

    @Test("dat.bcg, dat.normand1999, dat.konstantopoulos2011 and dat.molloy2014 give metafor's effects")
    func effects() throws {
        let sets = try MeasureCases.read().sets
        #expect(sets.map(\.name) == ["dat.bcg", "dat.normand1999", "dat.konstantopoulos2011", "dat.molloy2014"])
        for set in sets {
            // Only the difference in days is not what the row is taken for by itself.
            let (_, measurement) = try measured(set, set.measure == .meanDifference ? .meanDifference : nil)
            // Schools stand in districts, which is told.
            let expected = set.name == "dat.konstantopoulos2011" ? ["studies-grouped"] : []
            #expect(measurement.notices.map(\.code) == expected, "\(set.name): \(measurement.notices)")
            #expect(measurement.measures == [set.measure])
            #expect(measurement.effects.count == set.yi.count && !set.yi.isEmpty)
            for (effect, (yi, vi)) in zip(measurement.effects, zip(set.yi, set.vi)) {
                #expect(abs(effect.yi - yi) < 1e-10 * max(1, abs(yi)), "\(set.name) \(effect.row.study)")
                #expect(abs(effect.vi - vi) < 1e-10 * vi, "\(set.name) \(effect.row.study)")
            }
        }
    }

    @Test("their studies have names, their other columns are covariates")
    func columns() throws {
        let sets = try MeasureCases.read().sets
        let bcg = try measured(sets[0]).0
        #expect(bcg.rows[0].study == "Aronson, 1948" && bcg.rows[0].year == 1948)
        #expect(bcg.covariateNames == ["ablat", "alloc"])
        #expect(bcg.rows[0].value(ofColumn: "ablat") == .number(44))
        let normand = try measured(sets[1]).0
        #expect(normand.rows[1].study == "Orpington-Mild")
        let konstantopoulos = try measured(sets[2]).0
        #expect(konstantopoulos.covariateNames == ["district", "school"])
        #expect(konstantopoulos.rows.allSatisfy { $0.value(ofColumn: "district") != .missing })
        let molloy = try measured(sets[3]).0
        #expect(molloy.rows[0].study == "Axelsson et al., 2009")
        #expect(Set(molloy.rows.map(\.study)).count == 16)
    }

    @Test(
        "480 depression trials: 900 published effects, and what the checks find in them",
        .enabled(if: Shelf.isHere, Shelf.absence))
    func depression() throws {
        let path = try #require(Shelf.file("data/depression-trials/data.csv"))
        let measurement = try EffectMeasurement(OutcomeTableReader().read(path))
        #expect(measurement.effects.count == 900)
        #expect(measurement.measures == [.standardizedMeanDifference])
        #expect(measurement.errors.isEmpty)
        let found = measurement.notices.map { "\($0.code) \($0.location?.line ?? 0)" }
        #expect(
            found == [
                "sample-under-two-names 529", "published-differs 871", "published-turned 3", "arms-swapped 717",
            ])
    }

    @Test("23 cohorts' amygdalas with their numbers of people beside them", .enabled(if: Shelf.isHere, Shelf.absence))
    func hoogman() throws {
        let path = try #require(Shelf.file("data/regions/hoogman2017_enigma_adhd/s_table_4.csv"))
        // From s_table_2, the n of the IQ column: 56 and 50, 36 and 36 people.
        let scratch = try Scratch(["n.tsv": "study\tn1i\tn2i\nADHD-WUE\t56\t50\nADHD-DUB1\t36\t39\n"])
        let table = try OutcomeTableReader(beside: "\(scratch.path)/n.tsv").read(path)
        let measurement = EffectMeasurement(table.filtered { $0.outcome == "Amygdala" })
        #expect(measurement.effects.map(\.row.study) == ["ADHD-WUE", "ADHD-DUB1"])
        // By hand: J(104)·(1447.0 − 1479.4)/131.7.
        #expect(abs(measurement.effects[0].yi - -0.2442345) < 1e-6)
        #expect(measurement.notices.count { $0.code == "numbers-incomplete" } >= 19)
    }
}
