import Foundation
import Statistics
import Synthesis
import Testing

@Suite("Formulas of moderators")
struct ModelFormulaTests {
    private func table() throws -> ModelTable {
        var table = ModelTable(rows: 6)
        try table.set("year", .numbers([2001, 2004, 2004, 2010, nil, 2012]))
        try table.set("weeks", .numbers([4, 8, 8, 12, 16, 20]))
        try table.set("therapy", .text(["cbt", "act", "cbt", "ipt", "act", "cbt"]))
        try table.set("percent women", .numbers([50, 60, 70, 80, 90, 100]))
        return table
    }

    @Test("Terms as in R: sums, products, powers, factors, splines, an intercept that can be left out")
    func parsing() throws {
        #expect(
            try ModelFormula(parsing: "~ year + therapy:year").terms == [
                .numeric("year"), .interaction([.numeric("therapy"), .numeric("year")]),
            ])
        #expect(
            try ModelFormula(parsing: "a*b").terms == [
                .numeric("a"), .numeric("b"), .interaction([.numeric("a"), .numeric("b")]),
            ])
        #expect(try ModelFormula(parsing: "`percent women`^2").terms == [.numeric("percent women", power: 2)])
        #expect(try ModelFormula(parsing: "factor(year, 2004)").terms == [.categorical("year", reference: "2004")])
        #expect(try ModelFormula(parsing: "rcs(weeks, 5)").terms == [.spline("weeks", .harrell(5))])
        #expect(try ModelFormula(parsing: "rcs(weeks, 2, 8, 12.5)").terms == [.spline("weeks", .at([2, 8, 12.5]))])
        #expect(try ModelFormula(parsing: "centre(age)").terms == [.numeric("age", centred: true)])
        #expect(try ModelFormula(parsing: "0 + a") == ModelFormula([.numeric("a")], hasIntercept: false))
        #expect(try ModelFormula(parsing: "a - 1") == ModelFormula([.numeric("a")], hasIntercept: false))
        #expect(try ModelFormula(parsing: "1") == ModelFormula())
        #expect(try ModelFormula(parsing: "a + a").terms.count == 1)
    }

    @Test(
        "What is no formula is refused with the place and what would do",
        arguments: [
            ("a +", 4), ("", 1), ("a b", 3), ("a ^ x", 5), ("log(a)", 1), ("rcs(a, b)", 8), ("a - b", 5), ("`a", 1),
            ("2 + a", 1), ("factor()", 8), ("a ^ 99", 5),
        ])
    func refusals(text: String, position: Int) {
        do {
            _ = try ModelFormula(parsing: text)
            Issue.record("\(text) was read")
        } catch {
            guard case .syntax(_, let found, _, _) = error else {
                Issue.record("\(text): \(error)")
                return
            }
            #expect(found == position, "\(text): \(error)")
        }
    }

    @Test("Rows that lack a value are left out and named; text is categorical, the first level its reference")
    func design() throws {
        let design = try ModelFormula(parsing: "year + therapy").design(table())
        #expect(design.columnNames == ["intercept", "year", "therapy[cbt]", "therapy[ipt]"])
        #expect(design.rows == [0, 1, 2, 3, 5])
        #expect(design.dropped.map(\.row) == [4])
        #expect(design.dropped.first?.missing == ["year"])
        #expect(design.matrix.row(1) == [1, 2004, 0, 0])
        #expect(design.matrix.row(3) == [1, 2010, 0, 1])
        #expect(design.termColumns == [[1], [2, 3]])
        #expect(design.hypothesis(ofTerm: 1) == [[0, 0, 1, 0], [0, 0, 0, 1]])
        #expect(try design.row(["year": .number(1999), "therapy": .text("ipt")]) == [1, 1999, 0, 1])
        #expect(throws: ModelFormulaError.missingValue("year")) { try design.row(["therapy": .text("ipt")]) }
        #expect(throws: ModelFormulaError.unknownLevel(column: "therapy", level: "x", levels: ["act", "cbt", "ipt"])) {
            try design.row(["year": .number(1999), "therapy": .text("x")])
        }
    }

    @Test("Another reference; every level where there is no intercept; interactions are products")
    func coding() throws {
        let other = try ModelFormula(parsing: "factor(therapy, cbt)").design(table())
        #expect(other.columnNames == ["intercept", "therapy[act]", "therapy[ipt]"])
        #expect(other.levels(of: "therapy") == ["cbt", "act", "ipt"])
        let cells = try ModelFormula(parsing: "0 + therapy").design(table())
        #expect(cells.columnNames == ["therapy[act]", "therapy[cbt]", "therapy[ipt]"])
        #expect(cells.matrix.row(0) == [0, 1, 0])
        let product = try ModelFormula(parsing: "weeks * therapy").design(table())
        #expect(
            product.columnNames == [
                "intercept", "weeks", "therapy[cbt]", "therapy[ipt]", "weeks:therapy[cbt]", "weeks:therapy[ipt]",
            ])
        #expect(product.matrix.row(3) == [1, 12, 0, 1, 0, 12])
        let numbers = try ModelFormula(parsing: "factor(weeks, 8)").design(table())
        #expect(numbers.columnNames.dropFirst().first == "weeks[4]")
        let centred = try ModelFormula(parsing: "centre(weeks)").design(table())
        #expect(abs(centred.matrix.column(1).reduce(0, +)) < 1e-12)
    }

    @Test("A column that is not there, or never varies, or is text in a power")
    func columns() throws {
        var table = try table()
        try table.set("same", .numbers(Array(repeating: 3, count: 6)))
        #expect(throws: ModelFormulaError.unknownColumn("age", known: table.names)) {
            try ModelFormula(parsing: "age").design(table)
        }
        #expect(throws: ModelFormulaError.constant(column: "same", value: "3")) {
            try ModelFormula(parsing: "same").design(table)
        }
        #expect(throws: ModelFormulaError.notNumeric("therapy")) {
            try ModelFormula(parsing: "therapy^2").design(table)
        }
        #expect(throws: ModelFormulaError.self) { try ModelFormula(parsing: "rcs(weeks, 9)").design(table) }
        #expect(throws: SynthesisError.self) { try table.set("short", .numbers([1])) }
    }

    @Test("A restricted cubic spline is linear beyond its outer knots, and smooth at all of them")
    func spline() throws {
        let spline = try RestrictedCubicSpline(.at([2, 5, 9, 14]), values: [])
        func second(_ x: Double, _ j: Int) -> Double {
            let h = 1e-3
            return (spline(x + h)[j] - 2 * spline(x)[j] + spline(x - h)[j]) / (h * h)
        }
        for j in 0..<3 {
            for x in [-3.0, 0, 1.9, 14.1, 30] { #expect(abs(second(x, j)) < 1e-6, "\(x)") }
            for knot in spline.knots { #expect(abs(second(knot - 2e-3, j) - second(knot + 2e-3, j)) < 2e-2) }
        }
        // By Hmisc's formula at one point: ((8 − 2)³ − (8 − 9)₊³ …)/(14 − 2)².
        #expect(abs(spline(8)[1] - 216.0 / 144) < 1e-12)
    }

    @Test("Spline moderators: fitted values and errors of R's natural spline with the same knots")
    func naturalSpline() throws {
        let c = try SynthesisReference.load().spline
        var table = ModelTable(rows: c.x.count)
        try table.set("length", .numbers(c.x))
        let design = try ModelFormula(parsing: "rcs(length, 3)").design(table)
        let fit = try ModeratorModel(effects: c.y, variances: c.v, design: design, test: .wald)
        #expect(isNear(fit.residualTau2, c.tau2, 1e-8))
        let predicted = try (0..<design.matrix.rows).map { try fit.predict(design.matrix.row($0)) }
        #expect(isNear(predicted.map(\.value), c.fitted, 1e-8))
        #expect(isNear(predicted.map(\.standardError), c.se, 1e-8))
        #expect(isNear(fit.moderators.statistic, c.qm, 1e-8))
        #expect(isNear(fit.terms.map(\.test.statistic), [c.qm], 1e-8))
    }

    @Test("Several effects of a study: three levels and CR2 with the same names")
    func dependent() throws {
        let c = try #require(
            try SynthesisReference.load().dependent.first { $0.name == "assink2016 with moderators, correlated by 0.6" }
        )
        var table = ModelTable(rows: c.y.count)
        let x = Matrix(rows: c.design)
        let kinds = (0..<c.y.count).map { x[$0, 1] == 1 ? "overt" : x[$0, 2] == 1 ? "covert" : "general" }
        try table.set("deltype", .text(kinds))
        try table.set("year", .numbers(x.column(3)))
        let design = try ModelFormula(parsing: "factor(deltype, general) + year").design(table)
        let fit = try ModeratorModel(
            effects: c.y, variances: Matrix(rows: c.sampling).diagonal, studies: c.groups[0], design: design)
        let robust = try #require(c.robust)
        // The levels in the order of the alphabet: covert, overt.
        let order = [0, 2, 1, 3]
        #expect(fit.coefficients.map(\.name) == ["intercept", "deltype[covert]", "deltype[overt]", "year"])
        #expect(isNear(fit.coefficients.map(\.estimate.value), order.map { c.b.values[$0] }, 1e-6))
        #expect(isNear(fit.coefficients.map(\.estimate.standardError), order.map { robust.se.values[$0] }, 1e-6))
        let joint = try #require(robust.joint)
        #expect(
            isNear([fit.terms[0].test.statistic, fit.terms[0].test.denominator], [joint.f, joint.denominator], 1e-5))
    }
}
