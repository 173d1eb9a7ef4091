import Foundation
import Reporting
import Testing

@Suite("References for reference managers")
struct BibliographyTests {
    @Test("every reference that a run may cite has author, title, year and a place of publication in its text")
    func all() {
        for reference in Reference.all {
            guard let fields = reference.fields else {
                Issue.record("cannot be read: \(reference.citation)")
                continue
            }
            #expect(!fields.authors.isEmpty && fields.authors.allSatisfy { !$0.family.isEmpty }, "\(reference.mark)")
            // Initials are capitals; anything else is a piece of a name or of the title.
            #expect(fields.authors.allSatisfy { $0.initials.allSatisfy(\.isUppercase) }, "\(reference.mark)")
            // The mark names the first author and the year, written by hand: an outside witness.
            #expect(reference.mark.hasPrefix(fields.authors[0].family), "\(reference.mark)")
            #expect(reference.mark.hasSuffix(fields.year), "\(reference.mark)")
            #expect(reference.citation.contains(fields.title), "\(reference.mark)")
            switch fields.kind {
            case .article: #expect(fields.journal != nil && fields.volume != nil && fields.pages != nil)
            case .book: #expect(fields.publisher != nil && fields.place != nil)
            case .chapter: #expect(fields.book != nil && !fields.editors.isEmpty && fields.pages != nil)
            }
        }
        #expect(Reference.all.count > 35)
    }

    private static let article = Reference(
        "Yarkoni et al., 2011",
        "Yarkoni T, Poldrack RA, Van Essen DC, et al. What is 50% of A & B? Nature Methods 2011; 8 (Suppl 2): 665–670.",
        doi: "10.1038/nmeth.1635_x")
    private static let twin = Reference(
        "Yarkoni, 2011", "Yarkoni T. Another title. Neuron 2011; 3: 7.", doi: nil)
    private static let chapter = Reference(
        "Sterne & Egger, 2005",
        "Sterne JAC, Egger M. Regression methods. In: Rothstein HR, Sutton AJ, editors. Publication bias. Chichester: Wiley; "
            + "2005. p. 99–110.", doi: "10.1002/0470870168.ch6")

    @Test("BibTeX: entry by kind, names with initials, pages with two hyphens, what is special escaped, no key twice")
    func bibTeX() {
        let text = Bibliography([Self.article, Self.twin, Self.chapter]).bibTeX
        #expect(
            text.hasPrefix(
                """
                @article{yarkoni2011a,
                  author = {Yarkoni, T. and Poldrack, R. A. and Van Essen, D. C. and others},
                  title = {{What is 50\\% of A \\& B?}},
                  journal = {Nature Methods},
                  year = {2011},
                  volume = {8},
                  number = {Suppl 2},
                  pages = {665--670},
                  doi = {10.1038/nmeth.1635_x},
                }

                """))
        #expect(text.contains("@article{yarkoni2011b,"))
        #expect(text.contains("@incollection{sterne2005,") && text.contains("booktitle = {{Publication bias}}"))
        #expect(text.contains("editor = {Rothstein, H. R. and Sutton, A. J.}"))
        #expect(text.count { $0 == "{" } == text.count { $0 == "}" })
    }

    @Test("RIS: one tag a line, an author a line, records ended")
    func ris() {
        let lines = Bibliography([Self.article, Self.chapter]).ris.components(separatedBy: "\r\n")
        #expect(lines.first == "TY  - JOUR")
        #expect(lines.filter { $0.hasPrefix("AU  - ") }.contains("AU  - Van Essen, D. C."))
        #expect(lines.contains("SP  - 665") && lines.contains("EP  - 670") && lines.contains("IS  - Suppl 2"))
        #expect(
            lines.contains("TY  - CHAP") && lines.contains("T2  - Publication bias")
                && lines.contains("ED  - Sutton, A. J."))
        #expect(lines.count { $0 == "ER  - " } == 2)
        // EndNote skips a line that is not `XX  - `.
        #expect(lines.filter { !$0.isEmpty }.allSatisfy { $0.wholeMatch(of: /[A-Z][A-Z0-9]  - .*/) != nil })
    }

    @Test("a citation in no known form is kept whole")
    func other() {
        let text = Bibliography([Reference("Someone", "Someone said so, once.", doi: nil)])
        #expect(text.bibTeX.contains("@misc{someone,") && text.bibTeX.contains("note = {Someone said so, once.}"))
        #expect(text.ris.hasPrefix("TY  - GEN\r\n"))
        #expect(text.text == "1. Someone said so, once.\n")
    }
}
