import Evidence
import Figures
import Formats
import Foundation
import Reporting
import Statistics
import Synthesis
import TestSupport
import Testing

/// What a paper can take over of outcomes: the methods paragraph, what it cites, and the results.
@Suite("Outcomes in words for a paper")
struct OutcomeMethodsTests {
    /// Every publication of the text is in the list, and the other way round, in the order of the text.
    private static func expectCited(_ methods: OutcomeMethods) {
        let marks = methods.references.map(\.mark)
        #expect(Set(marks).count == marks.count)
        for mark in marks { #expect(methods.text.contains(mark), "\(mark) is listed and not cited") }
        for reference in Reference.all where methods.text.contains("(\(reference.mark))") {
            #expect(marks.contains(reference.mark), "\(reference.mark) is cited and not listed")
        }
    }

    @Test("a mean alone says nothing of treatments or of several outcomes")
    func alone() throws {
        let methods = OutcomeMethods(try OutcomeFinding.all(of: OutcomeFolderTests.table))
        #expect(!methods.text.contains("\n\n") && methods.text.hasSuffix("."))
        #expect(!methods.text.contains("network") && !methods.text.contains("multivariate"))
        Self.expectCited(methods)
    }

    @Test("treatments compared: the model, what errors in common were taken from, ranks and consistency")
    func network() throws {
        let reference = try OutcomeModelsReference.read().senn2013
        let options = ["compare": ["arm1", "arm2"], "reference": ["placebo"]]
        let found = try OutcomeFinding.all(of: reference.csv, options)
        let methods = OutcomeMethods(found)
        for words in [
            "by a network meta-analysis of contrasts, taken to be consistent", "by restricted maximum likelihood. ",
            "with one arm in common go together was taken from the variance of that arm. ", "P-scores",
            "inconsistency between them",
        ] {
            #expect(methods.text.contains(words), "\(words) is not in:\n\(methods.text)")
        }
        Self.expectCited(methods)
        let half = OutcomeMethods(
            try OutcomeFinding.all(of: try OutcomeModelsReference.read().senn2013half.csv, options))
        #expect(half.text.contains("go together was taken as a correlation of ½. "))
        let likely = OutcomeMethods(
            try OutcomeFinding.all(of: reference.csv, options.merging(["estimator": ["ML"]]) { $1 }))
        #expect(likely.text.contains("by maximum likelihood. "))
        // Every treatment but the reference is told once, with the numbers of its table.
        let results = try #require(OutcomeResults(found).text)
        let list = try #require(results.components(separatedBy: "Against placebo, ").last)
        #expect(list.components(separatedBy: "95 % CI").count == reference.answers.names.count + 1)
        for (name, value) in zip(reference.answers.names, reference.answers.estimate) {
            #expect(list.contains("\(name) \(PrettyNumber.fixed(value, 2)) (95 % CI "), "\(name) \(value)")
        }
    }

    @Test("outcomes together: the model, its form, the stated correlation")
    func together() throws {
        let reference = try OutcomeModelsReference.read().berkey1998
        let found = try OutcomeFinding.all(of: reference.csv)
        let set = try OutcomesTogether(found, structure: "UN")
        let methods = OutcomeMethods(found, together: [set])
        for words in [
            "The outcomes PD and AL were also pooled in one multivariate random-effects model",
            "a covariance of metafor’s form UN, sampling errors were taken to correlate by 0.6",
        ] {
            #expect(methods.text.contains(words), "\(words) is not in:\n\(methods.text)")
        }
        Self.expectCited(methods)
        let results = try #require(OutcomeResults(found, together: [set]).text)
        let paragraph = try #require(results.components(separatedBy: "\n\n").last)
        #expect(paragraph.hasPrefix("The outcomes together ("))
        for outcome in set.outcomes {
            #expect(paragraph.contains("\(outcome.name) \(PrettyNumber.fixed(outcome.estimate.value, 2)) (95 % CI "))
        }
    }

    @Test("outcomes pooled in different ways are all told")
    func several() throws {
        var found = try OutcomeFinding.all(of: OutcomeFolderTests.table, ["by": ["group"]])
        found += try OutcomeFinding.all(of: OutcomeFolderTests.table, ["moderators": ["year"], "dose": ["sessions"]])
        let text = OutcomeMethods(found).text
        for words in ["Groups by group", "Meta-regressions had year", "Dose–response on sessions"] {
            #expect(text.contains(words), "\(words)")
        }
    }
}
