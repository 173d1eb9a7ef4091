import Imaging
import Testing

@Suite("Tables of region names")
struct LabelTableTests {
    @Test("MRIcron: number, name, code; DOS line ends and blank lines at the end do no harm")
    func mricron() throws {
        let table = try LabelTable(text: "1 Precentral_L 2001\r\n2 Precentral_R 2002\r\n\r\n", file: "aal.nii.txt")
        #expect(table.names == [1: "Precentral_L", 2: "Precentral_R"])
    }

    @Test("FreeSurfer: number, name, colours, comments; 0 is background")
    func freeSurfer() throws {
        let text = "#No. Label Name: R G B A\n\n0 Unknown 0 0 0 0\n17 Left-Hippocampus 220 216 20 0\n"
        #expect(try LabelTable(text: text, file: "lut.txt").names == [17: "Left-Hippocampus"])
    }

    @Test("numbers that tell names apart stay part of the name")
    func numbersInNames() throws {
        let table = try LabelTable(text: "1 Area 44\n2 Area 45\n", file: "areas.txt")
        #expect(table.names == [1: "Area 44", 2: "Area 45"])
    }

    @Test("TSV with a header takes its columns by title, in any order")
    func titled() throws {
        let text = "name\tcolor\tindex\nLeft Frontal Pole\t#ff0000\t3\nBrain Stem\t#00ff00\t8\n"
        #expect(try LabelTable(text: text, file: "dseg.tsv").names == [3: "Left Frontal Pole", 8: "Brain Stem"])
    }

    @Test("TSV without a header is number, tab, name; names keep their blanks and numbers")
    func untitled() throws {
        let table = try LabelTable(text: "0\tUnclassified\n1\tArea hOc1 17\n2\tPons\n", file: "a.txt")
        #expect(table.names == [1: "Area hOc1 17", 2: "Pons"])
    }

    @Test("FSL: labels count from 0 in a probabilistic atlas, whose label image counts from 1")
    func fsl() throws {
        let labels =
            "<label index=\"0\" x=\"48\" y=\"94\" z=\"35\">Frontal Pole</label>\n<label index=\"1\">A &amp; B</label>"
        let probabilistic = try LabelTable(text: "<atlas><type>Probabilistic</type>\(labels)</atlas>", file: "a.xml")
        #expect(probabilistic.names == [1: "Frontal Pole", 2: "A & B"])
        let plain = try LabelTable(text: "<atlas><type>Label</type>\(labels)</atlas>", file: "a.xml")
        #expect(plain.names == [1: "A & B"])
    }

    @Test(
        "a line that is no region is told with its number",
        arguments: [("1 A\n\nhello\n", 3), ("1 A\n2\n", 2), ("index\tname\n1\tA\nx\tB\n", 3)])
    func broken(text: String, line: Int) {
        let error = #expect(throws: AtlasError.self) { try LabelTable(text: text, file: "mine.txt") }
        #expect(error?.line == line)
        #expect(error?.description.hasPrefix("mine.txt:\(line): found '") == true)
    }

    @Test("an empty table and a broken FSL file are errors", arguments: ["", "# nothing\n", "<atlas><label x=\"1\">A"])
    func empty(text: String) {
        #expect(throws: AtlasError.self) { try LabelTable(text: text, file: "mine.txt") }
    }
}
