import Evidence
import Formats
import TestSupport
import Testing

/// Tables of outcomes as people write them.
@Suite("Tables of outcomes")
struct OutcomeTableTests {
    private func read(_ text: String, _ name: String = "table.csv", _ reader: OutcomeTableReader = OutcomeTableReader())
        throws -> OutcomeTable
    {
        let scratch = try Scratch([name: text])
        return try reader.read("\(scratch.path)/\(name)")
    }

    private func taken(_ header: String) throws -> [String: String] {
        let cells = header.split(separator: ",").map { _ in "1" }.joined(separator: ",")
        let other = header.split(separator: ",").map { _ in "2" }.joined(separator: ",")
        let table = try read("\(header)\n\(cells)\n\(other)\n")
        var taken: [String: String] = [:]
        for column in table.columns {
            if case .quantity(let quantity) = column.role { taken[column.name] = quantity.rawValue }
        }
        return taken
    }

    /// `50 (40; 60)` may be a mean and its interval: read as an SD of 40 in 60 people it would be a silent misreading.
    @Test(
        "three numbers in a cell are mean, SD and n only where the table says so",
        arguments: ["IQ", "IQ (Mean (SD; n))"])
    func threeInACell(column: String) throws {
        let rows = ["Able\t.2\t.1\t117 (16; 56)", "Baker\t.3\t.1\t114 (14;50)", "Cole\t.1\t.2\tNA"]
        let table = try read("study\tyi\tsei\t\(column)\n" + rows.joined(separator: "\n") + "\n")
        let isSaid = column != "IQ"
        #expect(table.covariateNames.contains("\(column) SD") == isSaid, "\(table.covariateNames)")
        #expect(table.notices.contains { $0.code == "cells-of-three" } == isSaid)
        #expect(table.rows[0].cells["\(column) mean"] == (isSaid ? .number(117) : nil))
        // Said in a cell of the column.
        let below = try read("study\tyi\tsei\tIQ*\n" + rows.joined(separator: "\n") + "\nDale\t.1\t.2\tMean (SD; n)\n")
        #expect(below.rows[1].cells["IQ SD"] == .number(14))
    }

    @Test("names that look like numbers and are none")
    func decoys() throws {
        #expect(try taken("study,effect,SE_effect") == ["effect": "yi", "SE_effect": "sei"])
        #expect(try taken("study,OR,SE_logOR") == ["OR": "or", "SE_logOR": "sei"])
        // Men and women, beside the means and numbers of two groups.
        #expect(try taken("study,M,F,n1,n2") == ["n1": "n1i", "n2": "n2i"])
        // An interval in one cell, a name, a word.
        let table = try read(
            "study,yi,sei,CI,PI,effect\nA,0.3,0.1,0.1 to 0.5,Smith,random\nB,0.2,0.1,0 to 0.4,Wu,fixed\n")
        #expect(table.rows.map { $0.values.count } == [2, 2])
        #expect(table.rows[0].values[.yi] == 0.3)
    }

    @Test("a column of kinds of samples, or of numbers that begin anew, ties no studies together")
    func samples() throws {
        let kinds = try read(
            "study,sample,yi,vi\nA,adults,0.1,0.1\nB,adults,0.2,0.1\nC,adults,0.3,0.1\nD,youths,0.3,0.1\n")
        #expect(kinds.rows.map(\.sample) == ["A", "B", "C", "youths"])
        #expect(kinds.notices.contains { $0.code == "sample-column" && $0.severity == .warning })
        let numbers = try read("study,sample,yi,vi\nA,1,0.1,0.1\nA,2,0.2,0.1\nB,1,0.3,0.1\nB,2,0.3,0.1\n")
        #expect(Set(numbers.rows.map(\.sample)).count == 4)
        let shared = try read("study,sample,yi,vi\nA,cohort,0.1,0.1\nB,cohort,0.2,0.1\nC,c,0.3,0.1\nD,d,0.3,0.1\n")
        #expect(shared.rows.map(\.sample) == ["cohort", "cohort", "c", "d"])
        let stated = try read(
            "study,sample,yi,vi\nA,1,0.1,0.1\nB,1,0.3,0.1\n", "table.csv",
            OutcomeTableReader(columns: ["sample": "sample"]))
        #expect(stated.rows.map(\.sample) == ["1", "1"])
    }

    @Test("a header of two lines below what Excel writes before it is read as without")
    func savedMerged() throws {
        let text =
            ";;Amygdala;;;;Caudate;;;\nStudy;Year;m1i;sd1i;m2i;sd2i;m1i;sd1i;m2i;sd2i\n"
            + "A;2001;1,5;0,4;1,2;0,5;3,1;0,7;3;0,8\nB;2003;1,6;0,4;1,2;0,5;3,1;0,7;3;0,8\n"
        let plain = try read(text)
        for start in ["sep=;\n", ";;;\n", "sep=;\n\n;;\n"] {
            let saved = try read(start + text)
            #expect(saved.rows.map(\.outcome) == ["Amygdala", "Amygdala", "Caudate", "Caudate"])
            #expect(saved.rows.map(\.values) == plain.rows.map(\.values))
        }
    }

    @Test("what is empty in a row of another study is not filled in from the one above")
    func pairedYears() throws {
        let table = try read(
            "study,year,group,mean,sd,n\nA,2001,patients,5,1,20\n,,controls,4,1,21\n"
                + "B,,patients,6,1,22\n,,controls,5,1,23\n")
        #expect(table.rows.map(\.study) == ["A", "B"])
        #expect(table.rows.map(\.year) == [2001, nil])
        #expect(table.rows.map { $0.values[.n2i] } == [21, 23])
    }

    @Test("names of numbers that people use")
    func names() throws {
        #expect(
            try taken("study,mean_t,sd_t,n_t,mean_c,sd_c,n_c")
                == ["mean_t": "m1i", "sd_t": "sd1i", "n_t": "n1i", "mean_c": "m2i", "sd_c": "sd2i", "n_c": "n2i"])
        #expect(
            try taken("author,Mean1,SD1,N1,Mean2,SD2,N2")
                == ["Mean1": "m1i", "SD1": "sd1i", "N1": "n1i", "Mean2": "m2i", "SD2": "sd2i", "N2": "n2i"])
        #expect(
            try taken("study,n.exp,M exp,S.D. exp,n.ctrl,M ctrl,S.D. ctrl")
                == [
                    "n.exp": "n1i", "M exp": "m1i", "S.D. exp": "sd1i", "n.ctrl": "n2i", "M ctrl": "m2i",
                    "S.D. ctrl": "sd2i",
                ])
        #expect(
            try taken("study,meancontrol,sdcontrol,ncontrol,meanpatients")
                == ["meancontrol": "m2i", "sdcontrol": "sd2i", "ncontrol": "n2i", "meanpatients": "m1i"])
        #expect(
            try taken("study,MeanPre,MeanPost,SDpre,SDpost,n,r")
                == ["MeanPre": "mpre", "MeanPost": "mpost", "SDpre": "sdpre", "SDpost": "sdpost", "n": "ni", "r": "ri"])
        #expect(try taken("study,Cohen's d,SE") == ["Cohen's d": "d", "SE": "sei"])
        #expect(try taken("study,hedges_g,SE_g") == ["hedges_g": "g", "SE_g": "sei"])
        #expect(try taken("study,TE,seTE") == ["TE": "yi", "seTE": "sei"])
        #expect(try taken("study,OR,lower,upper") == ["OR": "or", "lower": "ci.lb", "upper": "ci.ub"])
        #expect(
            try taken("study,events_t,n_t,events_c,n_c")
                == ["events_t": "ai", "n_t": "n1i", "events_c": "ci", "n_c": "n2i"])
        #expect(
            try taken("study,median_t,q1_t,q3_t,min_c,max_c,iqr_c")
                == [
                    "median_t": "med1i", "q1_t": "q11i", "q3_t": "q31i", "min_c": "min2i", "max_c": "max2i",
                    "iqr_c": "iqr2i",
                ])
        #expect(try taken("study,a,b,c,d") == ["a": "ai", "b": "bi", "c": "ci", "d": "di"])
        #expect(try taken("study,ai,bi,ci,di") == ["ai": "ai", "bi": "bi", "ci": "ci", "di": "di"])
        #expect(try taken("study,di,n1i,n2i") == ["di": "d", "n1i": "n1i", "n2i": "n2i"])
    }

    @Test("names that only look like numbers stay covariates")
    func covariates() throws {
        #expect(
            try taken(
                "study,yi,vi,mean_age,n_sessions_arm1,percent_women,set,met,network,control,treatment,second,minutes")
                == ["yi": "yi", "vi": "vi"])
    }

    @Test("of two effects one is taken, with its own error, and that is told")
    func effects() throws {
        let table = try read(
            "study,d,se_d,g,se_g\nA,0.5,0.2,0.48,0.19\nB,0.3,0.2,0.29,0.19\n")
        #expect(table.rows[0].values == [.hedgesG: 0.48, .sei: 0.19])
        #expect(table.notices.contains { $0.code == "effect-left-aside" && $0.message.contains("\"d\"") })
        let stated = try read(
            "study,d,se_d,g,se_g\nA,0.5,0.2,0.48,0.19\nB,0.3,0.2,0.29,0.19\n", "table.csv",
            OutcomeTableReader(columns: ["d": "d"]))
        #expect(stated.rows[0].values == [.cohensD: 0.5, .sei: 0.2])
    }

    @Test("a ratio that is said to be the effect stays a ratio")
    func statedRatio() throws {
        let table = try read(
            "study,yi,vi,OR,OR_lower,OR_upper\nA,0.1,0.2,1.5,1.1,2.1\n", "table.csv",
            OutcomeTableReader(columns: ["yi": "OR", "vi": "none"]))
        #expect(table.rows[0].values == [.oddsRatio: 1.5, .lower: 1.1, .upper: 2.1])
    }

    @Test("where two columns can be one thing neither is taken, and that is told")
    func ambiguous() throws {
        let text = "study,n_t,n_exp,ri,ni\nA,10,12,0.2,30\nB,11,11,0.1,40\n"
        let table = try read(text)
        #expect(table.rows[0].values == [.ri: 0.2, .ni: 30])
        let notice = try #require(table.notices.first { $0.code == "columns-ambiguous" })
        #expect(notice.severity == .warning)
        #expect(notice.location?.line == 2)
        #expect(notice.message.contains("\"n_t\" and \"n_exp\""))
        let stated = try read(text, "table.csv", OutcomeTableReader(columns: ["n1i": "n_exp", "ni": "none"]))
        #expect(stated.rows[0].values == [.ri: 0.2, .n1i: 12])
    }

    @Test("columns that are stated wrongly")
    func statedWrongly() throws {
        #expect(throws: InputError.self) {
            try read("study,yi,vi\nA,1,1\n", "t.csv", OutcomeTableReader(columns: ["yy": "yi"]))
        }
        do {
            _ = try read("study,effekt,vi\nA,1,1\n", "t.csv", OutcomeTableReader(columns: ["yi": "efekt"]))
            Issue.record("a column that is not there was taken")
        } catch let error as InputError {
            #expect(error.description.contains("no column \"efekt\""))
        }
    }

    @Test("studies are named by authors and year where their column only counts them")
    func studies() throws {
        let one = try read("trial,author,year,yi,vi\n1,Adams,1990,1,1\n2,Adams,1995,2,1\n")
        #expect(one.rows.map(\.study) == ["Adams, 1990", "Adams, 1995"])
        #expect(one.rows.map(\.year) == [1990, 1995])
        // One label for two studies: the number stays.
        let two = try read("trial,author,year,yi,vi\n1,Adams,1990,1,1\n2,Adams,1990,2,1\n")
        #expect(two.rows.map(\.study) == ["Adams, 1990 (1)", "Adams, 1990 (2)"])
        let none = try read("yi,vi\n1,1\n2,1\n")
        #expect(none.rows.map(\.study) == ["row 1", "row 2"])
        #expect(none.notices.contains { $0.code == "study-missing" && $0.severity == .warning })
        let authors = try read("authors,year,ri,ni\nAxelsson et al.,2009,0.1,20\nAxelsson et al.,2011,0.2,20\n")
        #expect(Set(authors.rows.map(\.sample)).count == 2)
    }

    @Test("the whole row: sample, outcome, two regions, modality, covariates")
    func whole() throws {
        let table = try read(
            """
            study\tsample\toutcome\tregion\tregion2\tmodality\tyear\tri\tni\tdose\ttherapy
            Able\tA1\tconnectivity\tamygdala\tvmPFC\trest fMRI\t2011a\t0.4\t31\t12\tCBT
            Able\t\tconnectivity\tamygdala\tdlPFC\trest fMRI\t2011\tNA\t31\tNA\tIPT
            """, "outcomes.tsv")
        let row = table.rows[0]
        #expect(row.sample == "A1" && table.rows[1].sample == "Able")
        #expect(row.region == "amygdala" && row.secondRegion == "vmPFC" && row.modality == "rest fMRI")
        #expect(row.year == 2011)
        #expect(row.value(ofColumn: "DOSE") == .number(12))
        #expect(table.rows[1].value(ofColumn: "dose") == .missing)
        #expect(row.value(ofColumn: "therapy") == .text("CBT"))
        #expect(row.value(ofColumn: "ni") == .number(31))
        #expect(table.rows[1].values == [.ni: 31])
        #expect(table.covariateNames == ["dose", "therapy"])
        #expect(row.source.line == 2)
    }

    @Test("percentages, bounds and numbers with two readings are refused, with line and column")
    func refused() throws {
        let cases = [
            ("study,xi,ni\nA,3,20\nB,35%,20\n", "xi is \"35%\""),
            ("study,pi,n1i,n2i\nA,.02,9,9\nB,<.001,9,9\n", "pi is \"<.001\""),
            ("study,m1i,sd1i,n1i\nA,3,2,20\nB,\"2,190\",2,20\n", "can be 2190 or 2.19"),
            ("study,yi,vi\nA,3,2\nB,0.3*,1\n", "yi is \"0.3*\""),
        ]
        for (text, message) in cases {
            do {
                let table = try read(text)
                Issue.record("read as \(table.rows.map(\.values))")
            } catch let error as InputError {
                #expect(error.location?.line == 3)
                #expect(error.description.contains(message), "\(error)")
                #expect(error.remedy != nil)
            }
        }
    }

    @Test("a column of measures names the effects; one of scales is a covariate")
    func measures() throws {
        let table = try read("study,measure,yi,vi\nA,ZCOR,0.2,0.1\nB,SMD,0.3,0.1\n")
        #expect(table.rows.map(\.measure) == ["ZCOR", "SMD"])
        let scales = try read("study,measure,yi,vi\nA,HAM-D,0.2,0.1\nB,BDI,0.3,0.1\n")
        #expect(scales.rows.map(\.measure) == [nil, nil])
        #expect(scales.notices.contains { $0.code == "measure-column" })
        #expect(try read("study,log OR,vi\nA,0.2,0.1\n").rows[0].measure == "OR")
    }

    @Test("outcomes side by side, by their names")
    func wide() throws {
        let table = try read(
            "study,amygdala_m_t,amygdala_sd_t,amygdala_m_c,amygdala_sd_c,caudate_m_t,caudate_sd_t,caudate_m_c,caudate_sd_c,n_t,n_c\n"
                + "A,1,2,3,4,5,6,7,8,20,21\nB,2,2,3,4,5,6,7,9,30,31\n", "table.csv",
            OutcomeTableReader(outcomes: ["amygdala", "caudate"]))
        #expect(table.rows.count == 4)
        #expect(table.outcomes == ["amygdala", "caudate"])
        #expect(table.rows[3].values == [.m1i: 5, .sd1i: 6, .m2i: 7, .sd2i: 9, .n1i: 30, .n2i: 31])
        #expect(table.rows[3].source.line == 3)
    }

    @Test("groups below each other become one row")
    func groups() throws {
        let text = "study;group;mean;sd;n;IQ\nA;patients;1,5;2;20;100\n;controls;2,5;2;22;104\nB;patients;1,1;2;9;99\n"
        let table = try read(text)
        #expect(table.rows.count == 2)
        #expect(table.rows[0].values == [.m1i: 1.5, .sd1i: 2, .n1i: 20, .m2i: 2.5, .sd2i: 2, .n2i: 22])
        #expect(table.rows[0].value(ofColumn: "IQ (controls)") == .number(104))
        #expect(table.rows[1].values == [.m1i: 1.1, .sd1i: 2, .n1i: 9])
        #expect(table.notices.contains { $0.code == "groups-in-rows" })
        do {
            _ = try read(text + "B;patients;1,1;2;9;99\n")
            Issue.record("a group stood twice")
        } catch let error as InputError {
            #expect(error.location?.line == 5)
        }
    }

    @Test("a table beside the outcomes adds what it has by study")
    func beside() throws {
        let scratch = try Scratch([
            "t.csv": "study,mean_t,sd_t,mean_c,sd_c\nA,1,2,3,4\nB,2,2,3,4\n", "n.csv": "study,n_t,n_c\nA,20,21\n",
        ])
        let table = try OutcomeTableReader(beside: "\(scratch.path)/n.csv").read("\(scratch.path)/t.csv")
        #expect(table.rows[0].values[.n1i] == 20 && table.rows[0].values[.n2i] == 21)
        #expect(table.rows[1].values[.n1i] == nil)
        #expect(table.notices.contains { $0.code == "study-not-beside" })
        #expect(table.column(of: .n1i)?.name == "n_t")
    }
}
