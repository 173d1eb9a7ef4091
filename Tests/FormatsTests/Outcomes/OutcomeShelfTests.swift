import Evidence
import Formats
import TestSupport
import Testing

/// Published tables, as they were deposited.
@Suite("Tables of outcomes of the shelf", .enabled(if: Shelf.isHere, Shelf.absence))
struct OutcomeShelfTests {
    @Test("900 effects of 480 depression trials, with decimal commas and 71 columns")
    func depression() throws {
        let path = try #require(Shelf.file("data/depression-trials/data.csv"))
        let table = try OutcomeTableReader().read(path)
        #expect(table.rows.count == 900)
        #expect(Set(table.rows.map(\.study)).count == 480)
        #expect(table.outcomes == ["data"])
        #expect(table.column(of: .hedgesG)?.name == ".g")
        #expect(table.column(of: .sei)?.name == ".g_se")
        #expect(table.column(of: .m1i)?.name == "mean_arm1")
        // One row of the two columns disagrees: line 383, where the groups changed places.
        #expect(table.column(of: .total1i) == nil)
        let notice = try #require(table.notices.first { $0.code == "columns-ambiguous" })
        #expect(notice.location?.line == 383)
        let row = table.rows[1]
        #expect(row.study == "Abas, 2018" && row.year == 2018)
        #expect(row.values[.hedgesG] == 0.551649025934374)
        #expect(row.values[.n1i] == 13)
        #expect(row.value(ofColumn: "condition_arm1") == .text("pst"))
        #expect(row.value(ofColumn: "time_weeks") == .number(26))
        #expect(table.rows.allSatisfy { $0.values[.hedgesG] != nil && $0.values[.sei] != nil })
        #expect(!table.notices.contains { $0.severity == .error })
    }

    @Test("seven volumes of 23 cohorts: merged headers, groups in rows, decimal commas, Latin-1, NA")
    func hoogman() throws {
        let path = try #require(Shelf.file("data/regions/hoogman2017_enigma_adhd/s_table_4.csv"))
        let table = try OutcomeTableReader().read(path)
        #expect(
            table.outcomes == [
                "Accumbens", "Amygdala", "Caudate", "Hippocampus", "Pallidum", "Putamen", "Thalamus", "ICV",
            ])
        #expect(table.rows.count == 8 * 23)
        let amygdala = table.rows.filter { $0.outcome == "Amygdala" }
        #expect(amygdala[0].study == "ADHD-WUE")
        #expect(amygdala[0].values == [.m1i: 1447.0, .sd1i: 131.7, .m2i: 1479.4, .sd2i: 131.7])
        #expect(amygdala[0].source.line == 3)
        #expect(amygdala.count { $0.values.count == 4 } == 21)
        let icv = try #require(table.rows.last { $0.outcome == "ICV" && $0.study == "ADHD-WUE" })
        #expect(icv.values[.m1i] == 1_564_110 && icv.values[.sd1i] == 124_819.8)
    }

    @Test("their numbers of people, from a second table with a row per cohort and group and three numbers in a cell")
    func hoogmanBeside() throws {
        let path = try #require(Shelf.file("data/regions/hoogman2017_enigma_adhd/s_table_4.csv"))
        let beside = try #require(Shelf.file("data/regions/hoogman2017_enigma_adhd/s_table_2.csv"))
        let table = try OutcomeTableReader(
            columns: ["n1i": "IQ n (Cases)", "n2i": "IQ n (Controls)"], beside: beside
        ).read(path)
        let amygdala = table.rows.filter { $0.outcome == "Amygdala" }
        #expect(amygdala[0].values[.n1i] == 56 && amygdala[0].values[.n2i] == 50)
        #expect(amygdala.count { $0.values.count == 6 } == 20)
        // Three names are spelled otherwise in the second table; each has one partner.
        let told = try #require(table.notices.first { $0.code == "study-spelled-twice" })
        #expect(told.message.contains("MGH-ADHD cases") && told.message.contains("NYU controls"))
        let york = try #require(amygdala.first { $0.study.hasPrefix("NYU") })
        #expect(york.values[.n1i] != nil && york.values[.n2i] != nil)
    }

    @Test("cytokines in PTSD: SMDs with intervals in quoted decimal commas, names in Latin-1")
    func cytokines() throws {
        let path = try #require(Shelf.file("data/regions/passos2015_ptsd_cytokines/data_fig3a.csv"))
        let table = try OutcomeTableReader().read(path)
        #expect(table.rows.count == 15)
        let kanel = try #require(table.rows.first { $0.study.hasPrefix("von K") })
        #expect(kanel.study == "von Känel 2010")
        #expect(kanel.values == [.hedgesG: 0.28, .lower: -0.38, .upper: 0.94])
        #expect(kanel.value(ofColumn: "medication") == .text("psychotropic"))
    }
}
