import {registry} from "@web/core/registry";

const form = ".o_action_manager .o_form_view";
const contractForm = `${form}:has(.nav-link[name=rights])`;
const upgradeForm = `${form}:has(.nav-link[name=trials])`;

function press(name, content) {
    return {
        content,
        trigger: `body:not(:has(.modal)) .o_form_statusbar button[name=${name}]`,
        run: "click",
    };
}

function confirm(content) {
    return {content, trigger: ".modal footer .btn-primary", run: "click"};
}

function reaches(state) {
    return {
        content: `It is ${state}`,
        trigger: `body:not(:has(.modal)) ${upgradeForm} .o_statusbar_status .o_arrow_button_current:contains(${state})`,
    };
}

function page(name) {
    return {
        content: `Turn to ${name}`,
        trigger: `${upgradeForm} .o_notebook .nav-link[name=${name}]`,
        run: "click",
    };
}

registry.category("web_tour.tours").add("support_upgrade_tour", {
    steps: () => [
        {
            content: "Open the contract",
            trigger: ".o_data_row td[name=partner_id]:contains(Björkdal Snickeri AB)",
            run: "click",
        },
        {
            content: "Look at what the customer may have",
            trigger: `${contractForm} .o_notebook .nav-link[name=rights]`,
            run: "click",
        },
        {
            content: "An upgrade is among it",
            trigger: `${contractForm} tr[data-right=upgrade] .o_support_yes`,
        },
        {
            content: "The line of years says so too",
            trigger: `${contractForm} .o_support_year .o_support_left:contains(1 left)`,
        },
        {
            content: "Request one",
            trigger: `${contractForm} button[name=action_request_upgrade]`,
            run: "click",
        },
        {
            content: "The version of today is filled in",
            trigger: `${upgradeForm} .o_field_widget[name=from_series] input:value(17.0)`,
        },
        {
            content: "Enter the version of tomorrow",
            trigger: `${upgradeForm} .o_field_widget[name=to_series] input`,
            run: "edit 19.0",
        },
        {
            content: "Save the request",
            trigger: `${upgradeForm} .o_form_button_save`,
            run: "click",
        },
        {
            content: "It reserves the right",
            trigger: `${upgradeForm} .o_field_widget[name=right_status]:contains(Right reserved)`,
        },
        press("action_accept", "Accept it"),
        reaches("Accepted"),
        press("action_start", "Start the work"),
        confirm("Yes, the fee falls due"),
        reaches("Started"),
        {
            content: "The module is listed",
            trigger: `${upgradeForm} .o_field_widget[name=module_ids] .o_data_row td[name=name]:contains(acme_base)`,
        },
        {
            content: "Decide on it",
            trigger: `${upgradeForm} .o_field_widget[name=module_ids] .o_data_row td[name=outcome]`,
            run: "click",
        },
        {
            content: "What becomes of it?",
            trigger: `${upgradeForm} .o_selected_row .o_field_widget[name=outcome] .o_select_menu_toggler`,
            run: "click",
        },
        {
            content: "It is migrated",
            trigger: ".o_select_menu_item:contains(Migrated)",
            run: "click",
        },
        {
            content: "The row has taken it",
            trigger: `${upgradeForm} .o_selected_row .o_field_widget[name=outcome] input:value(Migrated)`,
        },
        {
            content: "Is it done?",
            trigger: `${upgradeForm} .o_selected_row .o_field_widget[name=state] .o_select_menu_toggler`,
            run: "click",
        },
        {
            content: "It is done",
            trigger: ".o_select_menu_item:contains(Done)",
            run: "click",
        },
        {
            content: "The row has taken that, too",
            trigger: `${upgradeForm} .o_selected_row .o_field_widget[name=state] input:value(Done)`,
        },
        {
            content: "Save",
            trigger: `body:not(:has(.o_select_menu_item)) ${upgradeForm} .o_form_button_save`,
            run: "click",
        },
        {
            content: "Saved",
            trigger: `${upgradeForm} .o_form_saved, ${upgradeForm}:not(:has(.o_form_button_save:visible))`,
        },
        page("instances"),
        {
            content: "Count the test instance",
            trigger: `${upgradeForm} .o_field_widget[name=upgrade_instance_ids] .o_data_row:contains(Test) button[name=action_count]`,
            run: "click",
        },
        {
            content: "The count of the new version opens",
            trigger: `${form} .o_field_widget[name=code_lines]:contains(110)`,
        },
        {
            content: "Back to the upgrade",
            trigger: ".o_breadcrumb .o_back_button, .breadcrumb-item a:contains(UPG)",
            run: "click",
        },
        press("action_test", "Hand over for testing"),
        reaches("Testing"),
        page("switch"),
        {
            content: "The lines before and after",
            trigger: `${upgradeForm}:has(.o_field_widget[name=lines_before]:contains(120)) .o_field_widget[name=lines_after]:contains(110)`,
        },
        press("action_accept_result", "Put the customer's acceptance on record"),
        {
            content: "The figures that are accepted",
            trigger: ".modal .o_field_widget[name=lines_after]:contains(110)",
        },
        {
            content: "Who said yes",
            trigger: ".modal .o_field_widget[name=given_by] input",
            run: "edit Head of finance",
        },
        {
            content: "How?",
            trigger: ".modal .o_field_widget[name=how] .o_select_menu_toggler",
            run: "click",
        },
        {
            content: "On the phone",
            trigger: ".o_select_menu_item:contains(Phone)",
            run: "click",
        },
        {
            content: "What was said",
            trigger: ".modal .o_field_widget[name=note] textarea",
            run: "edit Go ahead next Saturday",
        },
        {
            content: "Save it",
            trigger: ".modal footer .o_form_button_save",
            run: "click",
        },
        press("action_done", "Go live"),
        confirm("Yes, production moves"),
        reaches("Done"),
        {
            content: "Look at the amendment",
            trigger: `${upgradeForm} button[name=action_view_amendment]`,
            run: "click",
        },
        {
            content: "It tells the lines before and after",
            trigger: `${form} .o_field_widget[name=reason]:contains(120 before, 110 after)`,
        },
    ],
});
