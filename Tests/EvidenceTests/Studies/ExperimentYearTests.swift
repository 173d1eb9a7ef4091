import Evidence
import Testing

@Suite("The year of an experiment")
struct ExperimentYearTests {
    private func year(_ id: String, study: String = "s", _ covariates: [String: Experiment.Covariate] = [:]) -> Int? {
        Experiment(
            id: id, study: study, sample: id, n1: 20, report: .peaks([]), covariates: covariates,
            source: SourceLocation(file: "studies.tsv", line: 2)
        ).year
    }

    @Test("a column comes first, whatever its case; else the one year in the study's name, else in the experiment's")
    func sources() {
        #expect(year("Able2001", ["Year": .number(1999)]) == 1999, "the column must win over the name")
        #expect(year("a", ["publication_year": .text("in press, 2020")]) == 2020)
        #expect(year("a", study: "Baker et al., 2002") == 2002)
        #expect(year("Sakai2006_prepost") == 2006)
        #expect(year("a2001", study: "Cole 2003", ["year": .missing]) == 2003)
        // A dictionary's order differs from run to run.
        #expect(
            year("a", ["year": .number(1999), "Year": .number(1998)]) == 1998,
            "of two columns of that name the first by its letters counts, in every run")
    }

    @Test("what is no year, and what could be several, is not taken for one")
    func none() {
        #expect(year("a") == nil)
        #expect(year("a12006") == nil, "part of a longer number")
        #expect(year("a1234") == nil, "no year of a publication with images of brains")
        #expect(year("a2001b2004") == nil, "two years: which?")
        #expect(year("a", ["year": .number(2001.5)]) == nil)
        #expect(year("a", ["age": .number(2001)]) == nil, "another column")
    }
}
